"""Drawings in other formats. Pure: SVG text in, a file out."""

from io import BytesIO
from urllib.parse import unquote

import pytest
import tinycss2
from PIL import Image

from generations import exports
from generations.exports import pictures, react
from generations.exports.errors import NotDrawn
from generations.exports.kept import Kept

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32" role="img" aria-label="x">'
    '<title>a {fox} &amp; "x" &lt;b&gt;</title>'
    '<defs><clipPath id="s-k"><path d="M0 0h9v9z" fill-rule="evenodd"/></clipPath></defs>'
    '<g class="a" style="mix-blend-mode:multiply;fill:rgb(1,2,3)" clip-path="url(#s-k)">'
    '<rect id="s-c" width="64" height="32" stroke-width="2" tabindex="0"/></g>'
    '<text x="3" y="20">hi <tspan font-size="3">{{ you }}</tspan> </text></svg>'
)
PLAIN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32"><rect width="9" height="9"/></svg>'
)


def made(kind, svg=SVG, **options):
    return exports.make(svg, kind, **options)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("stroke-width", "strokeWidth"),
        ("xlink:href", "xlinkHref"),
        ("xml:space", "xmlSpace"),
        ("class", "className"),
        ("tabindex", "tabIndex"),
        ("viewBox", "viewBox"),
        ("aria-label", "aria-label"),
        ("data-x-y", "data-x-y"),
        ("color-interpolation-filters", "colorInterpolationFilters"),
        ("id", "id"),
        ("white-space", "white-space"),  # no name of React's own
    ],
)
def test_names_of_attributes_in_react(name, written):
    assert react.react_name(name) == written


def test_react_component():
    assert made("jsx").decode() == (
        'import { useId } from "react";\n'
        "\n"
        "export default function Drawing(props) {\n"
        '  const id = useId().replace(/\\W/g, "");\n'
        "  return (\n"
        '    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 32" role="img" aria-label="x"'
        " {...props}>\n"
        '      <title>{"a {fox} & \\"x\\" <b>"}</title>\n'
        "      <defs>\n"
        "        <clipPath id={`s-k_${id}`}>\n"
        '          <path d="M0 0h9v9z" fillRule="evenodd" />\n'
        "        </clipPath>\n"
        "      </defs>\n"
        '      <g className="a" style={{ mixBlendMode: "multiply", fill: "rgb(1,2,3)" }}'
        " clipPath={`url(#s-k_${id})`}>\n"
        '        <rect id={`s-c_${id}`} width="64" height="32" strokeWidth="2" tabIndex={0} />\n'
        "      </g>\n"
        '      <text x="3" y="20">{"hi "}<tspan fontSize="3">{"{{ you }}"}</tspan>{" "}</text>\n'
        "    </svg>\n"
        "  );\n"
        "}\n"
    )


def test_component_without_names_asks_for_none():
    for kind in ("jsx", "tsx", "vue", "svelte"):
        assert "id" not in made(kind, PLAIN).decode().replace("width", "")


def test_address_and_mask_hold_the_whole_drawing():
    address = made("data-uri").decode()
    css = made("css", name="chatsvg-1").decode()

    assert unquote(address.removeprefix("data:image/svg+xml,")) == SVG
    assert not set(address) & set("\"'<># \n\\")
    assert f'url("{address}")' in css
    assert css.startswith(".chatsvg-1 {")
    assert "aspect-ratio: 64 / 32;" in css
    (rule,) = tinycss2.parse_stylesheet(css, skip_whitespace=True)
    said = tinycss2.parse_blocks_contents(rule.content, skip_whitespace=True)
    assert [one.name for one in said] == [
        "--drawing",
        "display",
        "height",
        "aspect-ratio",
        "background-color",
        "-webkit-mask",
        "mask",
    ]


@pytest.mark.parametrize("svg", [SVG, PLAIN], ids=["dear", "plain"])
@pytest.mark.parametrize("kind", ["png", "webp"])
@pytest.mark.parametrize("size", [16, 600])
def test_picture_has_its_size_and_nothing_behind_it(svg, kind, size):
    with Image.open(BytesIO(made(kind, svg, size=size))) as picture:
        assert (picture.format, picture.size) == (kind.upper(), (size, size // 2))
        assert picture.convert("RGBA").getpixel((size - 1, size // 2 - 1))[3] in (0, 255)
        if svg is PLAIN:
            assert picture.convert("RGBA").getpixel((size - 1, 0))[3] == 0


def test_what_is_quick_is_drawn_here_and_the_rest_elsewhere(monkeypatch):
    monkeypatch.setattr(pictures, "_painted", lambda *asked: b"elsewhere")

    assert made("png", PLAIN, size=512) != b"elsewhere"
    assert made("png", PLAIN, size=513) == b"elsewhere"
    assert made("png", SVG, size=16) == b"elsewhere"  # its fonts are the machine's


def test_painter_gets_no_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "nobody's business")

    assert "SECRET_KEY" not in pictures._environment()


@pytest.mark.parametrize("way", ["{}", "file://{}", "..{}"])
def test_painter_reads_no_files_of_ours(tmp_path, way):
    Image.new("RGB", (8, 8), "#00ff00").save(tmp_path / "ours.png")
    link = way.format(tmp_path / "ours.png")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><image width="8" height="8" href="{link}"/></svg>'
    )

    for kind in ("png", "pdf"):
        with pytest.raises(NotDrawn):
            pictures._painted(svg, kind, 16)


def test_picture_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(pictures, "SECONDS", 0.001)

    with pytest.raises(NotDrawn) as refusal:
        made("png", size=600)

    assert not refusal.value.is_busy


def test_what_cannot_be_drawn_is_no_picture():
    with pytest.raises(NotDrawn):
        made("png", "<svg", size=600)


def test_no_more_pictures_than_there_are_places(monkeypatch):
    monkeypatch.setattr(pictures, "PATIENCE_SECONDS", 0)
    with pictures._places, pictures._places, pytest.raises(NotDrawn) as refusal:
        made("png", size=600)

    assert refusal.value.is_busy
    assert made("png", size=600)


def test_newest_of_what_was_dear_is_kept():
    kept = Kept(most_bytes=10, largest=6)
    made = []

    def make(key, size):
        made.append(key)
        return b"x" * size

    for key, size in (("a", 5), ("b", 5), ("a", 5), ("c", 5), ("b", 5), ("large", 7), ("large", 7)):
        assert len(kept.get(key, lambda key=key, size=size: make(key, size))) == size

    assert made == ["a", "b", "c", "b", "large", "large"]
