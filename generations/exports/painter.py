"""A process that makes one picture, within limits: SVG by its input, PNG or WebP by its output.

Run as a file, `painter.py png 512`, and never imported.
"""

import io
import resource
import sys

CPU_SECONDS = 8
MEMORY = 2 * 1024**3  # bytes of addresses


def main(kind: str, size: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    svg = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(_png(svg, size) if kind == "png" else _webp(svg, size))


def _png(svg: str, size: int) -> bytes:
    import resvg_py

    needs_fonts = "<text" in svg
    made = resvg_py.svg_to_bytes(
        svg_string=svg, width=size, height=size, dpi=96, skip_system_fonts=not needs_fonts
    )
    return bytes(made)


def _webp(svg: str, size: int) -> bytes:
    from PIL import Image

    made = io.BytesIO()
    with Image.open(io.BytesIO(_png(svg, size))) as picture:
        picture.save(made, "WEBP", lossless=True, method=2)
    return made.getvalue()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
