"""A process that makes one picture, within limits: SVG goes in, PNG, WebP or PDF comes out.

Run as a file, `painter.py png 512`, and never imported.
"""

import contextlib
import io
import json
import os
import re
import resource
import sys
import tempfile

CPU_SECONDS = 8
MEMORY = 2 * 1024**3  # bytes of addresses
PDF_PIXELS = 2048  # of the longer side, where a page shows pixels
POINTS = 0.75  # of a pixel of CSS
PAGE = (3, 14_400)  # points of a page's side, at least and at most (PDF 1.7, annex C)

INSIDE = re.compile("#|data:image/(png|jpeg|gif|webp);base64,")  # where links may lead

# What stands in for families that are not there, as browsers have it: the first that is.
SANS = ("Arial", "Helvetica", "Liberation Sans", "Noto Sans", "DejaVu Sans")
SERIF = ("Times New Roman", "Times", "Liberation Serif", "Noto Serif", "DejaVu Serif")
MONO = ("Courier New", "Courier", "Liberation Mono", "Noto Sans Mono", "DejaVu Sans Mono")
_LIKE_SANS = """sans-serif ui-sans-serif system-ui arial helvetica verdana tahoma roboto inter
    ubuntu cursive fantasy ui-rounded"""
_LIKE_SERIF = "serif ui-serif times georgia garamond cambria palatino"
_LIKE_MONO = "monospace ui-monospace courier consolas menlo monaco"
STAND_INS = {
    **dict.fromkeys(_LIKE_SANS.split(), SANS),
    **dict.fromkeys(("helvetica neue", "segoe ui", "open sans", "trebuchet ms"), SANS),
    **dict.fromkeys(_LIKE_SERIF.split(), SERIF),
    "times new roman": SERIF,
    **dict.fromkeys(_LIKE_MONO.split(), MONO),
    "courier new": MONO,
}

# `sys.inputs` carries text into the document, where nothing of it is read as markup
PAPER = """\
#set document(title: sys.inputs.title, date: none)
#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: none)
#image({source}, alt: sys.inputs.title, width: 100%, height: 100%, fit: "stretch")
"""


def main(kind: str, size: int) -> None:
    os.nice(10)  # whoever answers requests goes first
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    svg = sys.stdin.buffer.read().decode()
    if _leads_elsewhere(svg):
        sys.exit("it leads elsewhere")
    made = {"png": _png, "webp": _webp, "pdf": _pdf}[kind]
    sys.stdout.buffer.write(made(svg, size))


def _leads_elsewhere(svg: str) -> bool:
    """What was sanitized does not. Anything else could name files of ours, which resvg reads."""
    if "href" not in svg:
        return False
    attributes = (said for node in _root(svg).iter("*") for said in node.attrib.items())
    return any(name.endswith("href") and not INSIDE.match(value) for name, value in attributes)


def _png(svg: str, size: int) -> bytes:
    import resvg_py

    has_text = "<text" in svg
    made = resvg_py.svg_to_bytes(
        svg_string=_with_fonts(svg) if has_text else svg,
        width=size,
        height=size,
        dpi=96,
        skip_system_fonts=not has_text,
        languages=["en"],
    )
    return bytes(made)


def _webp(svg: str, size: int) -> bytes:
    from PIL import Image

    made = io.BytesIO()
    with Image.open(io.BytesIO(_png(svg, size))) as picture:
        picture.save(made, "WEBP", lossless=True, method=2)
    return made.getvalue()


def _pdf(svg: str, size: int) -> bytes:
    """One page of the drawing's own size: shapes as shapes and text as text, where PDF can."""
    import typst

    if not _is_beyond_pdf(svg):
        with contextlib.suppress(typst.TypstError):
            return _paper(svg, 'bytes(sys.inputs.svg), format: "svg"', _with_fonts(svg))
    return _paper(svg, 'bytes(json(bytes(sys.inputs.svg))), format: "png"', _numbers(svg))


def _paper(svg: str, source: str, data: str) -> bytes:
    import typst

    width, height = _page(svg)
    with tempfile.TemporaryDirectory() as nothing:  # which is all that it may read
        return typst.compile(  # type: ignore[call-overload]  # its types know no bytes with a root
            PAPER.format(width=width, height=height, source=source).encode(),
            root=nothing,
            format="pdf",
            sys_inputs={"svg": data, "title": _title(svg)},
        )


def _is_beyond_pdf(svg: str) -> bool:
    """Rings of colour that go on and on have no words in PDF."""
    return "<radialGradient" in svg and re.search('spreadMethod="re(peat|flect)"', svg) is not None


def _numbers(svg: str) -> str:
    """A PNG as a list of its bytes: only text can be handed in."""
    return json.dumps(list(_png(svg, PDF_PIXELS)), separators=(",", ":"))


def _page(svg: str) -> tuple[float, float]:
    """Points. As wide as the drawing says that it is, else as its viewBox."""
    root = _root(svg)
    box = [float(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    said = [_pixels(root.get(side, "")) for side in ("width", "height")]
    sides = [side or box[place] for place, side in zip((2, 3), said, strict=True)]
    if bool(said[0]) != bool(said[1]):  # the other one follows from the viewBox
        known = 0 if said[0] else 1
        sides[1 - known] = sides[known] * box[3 - known] / box[2 + known]
    points = [side * POINTS for side in sides]
    scale = min(1, PAGE[1] / max(points)) * max(1, PAGE[0] / min(points))
    return tuple(round(side * scale, 4) for side in points)  # type: ignore[return-value]


def _pixels(length: str) -> float:
    """Of a plain length; 0 for any other, such as one in percent."""
    found = re.fullmatch(r"\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)(?:px)?\s*", length)
    return float(found[1]) if found else 0


def _title(svg: str) -> str:
    found = next((node for node in _root(svg) if str(node.tag).endswith("}title")), None)
    return (found.text if found is not None else "") or "Drawing"


def _root(svg: str):
    from lxml import etree

    return etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))


def _with_fonts(svg: str) -> str:
    """The drawing with families that are here, so that every picture has the same letters."""
    import typst
    from lxml import etree

    here = {font.family.lower(): font.family for font in typst.Fonts().fonts()}
    root = _root(svg)
    said = "font-family"
    for node in root.iter(etree.Element):
        if said in node.attrib:
            node.set(said, _family(node.get(said), here))
        if said in node.get("style", ""):
            style = node.get("style")
            node.set("style", re.sub(rf"(?<={said}:)[^;]+", lambda f: _family(f[0], here), style))
    for name, usual in ((said, _family("serif", here)), ("font-size", "16")):
        if name not in root.attrib and f"{name}:" not in root.get("style", ""):
            root.set(name, usual)
    return etree.tostring(root, encoding="unicode")


def _family(names: str, here: dict[str, str]) -> str:
    """The first of some families that is here, or a stand-in for one of them."""
    for name in [*names.lower().split(","), "serif"]:
        bare = name.strip().strip("'\"").strip()
        for candidate in (bare, *STAND_INS.get(bare, ())):
            if candidate.lower() in here:
                return here[candidate.lower()]
    return "serif"


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
