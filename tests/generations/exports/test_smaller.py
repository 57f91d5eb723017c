"""The optimised form: fewer bytes, the same picture."""

from pathlib import Path

import pytest
import resvg_py

from generations.exports import NotDrawn, pictures
from generations.exports.smaller import optimize
from generations.svg import sanitize
from generations.svg.finish import finish

HERE = Path(__file__).parent.parent
FILES = sorted((HERE / "svg" / "benign").glob("*.svg"))[::4]
FILES += sorted((HERE / "answers" / "drawings").glob("*.svg"))[::8]
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
    '<defs><linearGradient id="a-long-name-for-paint"><stop stop-color="red"/></linearGradient>'
    '<path id="nobody-asks-for-it" d="M0 0h9"/></defs>'
    '<g stroke="#ff0000"><path d="M 1.00000 2.00000 L 10.00000 2.00000" stroke="#336699"/>'
    '<path d="M 3.0 9.0 L 9.0 12.0" stroke="#336699" fill="url(#a-long-name-for-paint)"/></g></svg>'
)
MOVING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
    '<rect id="one" width="9" height="9"><animate id="first" attributeName="x" to="9" dur="1s"'
    ' begin="other.click"/><animate attributeName="y" to="9" dur="1s" begin="first.end"/></rect>'
    '<circle id="other" r="3"/><path id="unused" d="M0 0 10 10"><animate attributeName="d"'
    ' values="M0 0 10 10;M0 0 20 0" dur="1s"/></path></svg>'
)


def stored(svg):
    return finish(sanitize(svg).svg, prompt="A red fox asleep", style="flat", key="k")


def pixels(svg):
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=192, height=192))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_smaller_form_looks_the_same_and_is_safe(path):
    drawing = stored(path.read_text())

    smaller = optimize(drawing)

    assert len(smaller) < len(drawing)
    assert pixels(smaller) == pixels(drawing)
    assert sanitize(smaller).svg == smaller
    assert len(optimize(smaller)) <= len(smaller)


def test_smaller_form_keeps_the_title_and_says_things_once():
    smaller = optimize(stored(SVG))

    assert "<title>A red fox asleep</title>" in smaller
    assert "<desc>" not in smaller
    assert "nobody-asks" not in smaller
    assert "_a)" in smaller
    assert 'd="M1 2h9"' in smaller
    assert pixels(smaller) == pixels(SVG)


def test_what_all_shapes_share_stands_on_the_root():
    shapes = "".join(f'<path d="M{i} 1v9" stroke="#369"/>' for i in range(4))

    smaller = optimize(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{shapes}</svg>')

    assert smaller.count("#369") == 1


def test_animations_find_what_they_wait_for():
    smaller = optimize(stored(MOVING))

    assert "<rect id=" not in smaller  # nobody waits for it
    begins = {part.split(".")[0] for part in smaller.split('begin="')[1:]}
    named = {part.split('"')[0] for part in smaller.split(' id="')[1:]}
    assert begins == named and len(named) == 2
    assert 'values="M0 0 10 10;M0 0 20 0"' in smaller
    assert 'd="M0 0 10 10"' in smaller  # as its animation has it


def test_drawing_that_cannot_be_looked_at_says_less_all_the_same(monkeypatch):
    def too_dear(*asked):
        raise NotDrawn()

    monkeypatch.setattr(pictures, "png", too_dear)

    drawing = stored(SVG)
    smaller = optimize(drawing)

    assert "<desc>" in drawing and "<desc>" not in smaller
    assert smaller.count("#369") == drawing.count("#369") == 2
