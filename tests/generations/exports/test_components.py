"""Components, compiled by their own compilers and rendered twice on one page."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
import resvg_py
from lxml import etree

from generations import exports
from generations.svg import sanitize
from generations.svg.finish import finish
from generations.svg.tables import ATTRIBUTES
from tests import nodejs

HERE = Path(__file__).parent
BENIGN = HERE.parent / "svg" / "benign"
KINDS = ("jsx", "tsx", "vue", "svelte")
FILES = (
    "gradient-in-text-and-stroke",
    "gradient-href-chain",
    "blend-and-group-opacity",
    "clip-path-nested",
    "filter-figma-shadow",
    "text-space-preserve",
    "text-glyph-positions",
    "moving/gradients-and-filters-move",
)
PROMPT = 'A fox\'s "den" & {braces} `${x}` <b> \\ end'
SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
# what people bring along and the sanitizer would not leave: written as it is all the same
WILD = (
    f'<svg {SVG} viewBox="0 0 64 32" aria-labelledby="t"><title id="t">a {{fox}} &amp; "x"</title>'
    '<defs><linearGradient id="g" gradientTransform="rotate(90)"><stop stop-color="red"/>'
    '<stop offset="1" stop-color="#00f"/></linearGradient>'
    '<clipPath id="k"><path d="M0 0h40v30z" clip-rule="evenodd"/></clipPath></defs>'
    '<g class="a b" tabindex="0" data-x-y="1" style="mix-blend-mode:multiply;fill:url(#g);--own:1"'
    ' clip-path="url(#k)"><rect id="r" width="20" height="16" stroke-dasharray="1,2 3"/></g>'
    '<use xlink:href="#r" x="22" font-family="&apos;A B&apos;, serif"/>'
    '<text x="3" y="20">hi <tspan font-size="3">{{ you }} }}</tspan> <tspan>`${a}`\\</tspan></text>'
    '<circle r="2" cx="50" cy="9"><animate id="cs_an" attributeName="cx" values="50;60" dur="1s"'
    ' begin="cs_an.end; 0s"/></circle></svg>'
)
# texts that end something elsewhere: a script, a template, a comment, a block, a string
ENDS = (
    "&lt;/script&gt; &lt;/template&gt; &lt;/style&gt; &lt;!-- --&gt; */ {/* {@html x} {#if y}"
    " {{ z }} `${w}` \\u{41} \\ ' &quot; &amp;lt; &amp;#123; \u2028 \u00a0 é 狐 🦊 {"
)
TEXTS = (
    f'<svg {SVG} viewBox="0 0 64 32" aria-label="{ENDS}"><title>{ENDS}</title><desc>{ENDS}</desc>'
    f'<!-- {{no}} `${{c}}` --><text y="20" font-family="{ENDS}"><![CDATA[<b>&{{c}}</b>]]>{ENDS}'
    f'<tspan class="for of" data-for="{ENDS}">{ENDS}</tspan></text></svg>'
)
SAID = {
    "id": "x",
    "style": "fill:red",
    "xml:space": "preserve",
    "lang": "en",
    "role": "img",
    "preserveAlpha": "true",
    "aria-hidden": "true",
    "fill-rule": "NonZero",
    "stroke-linejoin": "arcs",
    "text-anchor": "Middle",
}


def everything():
    """A shape for every attribute that a drawing may have, with words that the types refuse."""
    shapes = "".join(f'<path {name}="{SAID.get(name, "1")}"/>' for name in sorted(ATTRIBUTES))
    return f'<svg {SVG} viewBox="0 0 9 9">{shapes}</svg>'


def drawings():
    found = {"wild": WILD, "texts": TEXTS, "everything": everything()}
    for name in FILES:
        drawing = sanitize((BENIGN / f"{name}.svg").read_text()).svg
        found[name.replace("/", "-")] = finish(drawing, prompt=PROMPT, style="flat", key=name)
    return found


DRAWINGS = drawings()


@pytest.fixture(scope="module")
def compiled():
    packages = nodejs.packages(HERE / "package.json")
    cases = {
        name: {kind: exports.make(svg, kind).decode() for kind in KINDS}
        for name, svg in DRAWINGS.items()
    }
    with tempfile.TemporaryDirectory(dir=packages.parent) as folder:
        asked = {"folder": folder, "modules": str(packages), "cases": cases}
        done = subprocess.run(
            [nodejs.node(), str(HERE / "toolchains.mjs")],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


def test_typescript_has_nothing_to_say_of_any_component(compiled):
    assert compiled["types"] == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", DRAWINGS)
def test_component_is_the_drawing(compiled, name, kind):
    one, two = copies(compiled["found"][name][kind])

    assert tree(one) == tree(root(DRAWINGS[name]))
    assert two.attrib.pop("data-mine") == "1"
    assert tree(two) == tree(one)
    assert pixels(two) == pixels(one) == pixels(root(DRAWINGS[name]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", DRAWINGS)
def test_copies_on_one_page_share_no_id(compiled, name, kind):
    one, two = copies(compiled["found"][name][kind])

    assert len(ids(one)) == len(ids(two)) == len(ids(root(DRAWINGS[name])))
    assert not ids(one) & ids(two)
    assert references(one) <= ids(one) | missing(name)
    assert references(two) <= ids(two) | missing(name)


def copies(markup):
    """The two drawings of a page. Vue writes the names of a root's attributes in small letters,
    which an HTML parser reads as they are in SVG."""
    assert isinstance(markup, str), markup["error"]
    markup = re.sub("<!--.*?-->", "", markup).replace(" viewbox=", " viewBox=")
    return list(etree.fromstring(f"<div {SVG}>{markup}</div>".encode()))


def root(svg):
    return etree.fromstring(svg.encode())


def ids(drawing):
    return {node.get("id") for node in drawing.iter() if node.get("id")}


def references(drawing):
    text = etree.tostring(drawing, encoding="unicode")
    named = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"|aria-labelledby="([^"]+)"', text)
    timed = re.findall(r'begin="([^".]+)\.', text)
    return {one for found in named for one in found if one} | set(timed)


def missing(name):
    """What a drawing refers to and does not have is not ours to name."""
    drawing = root(DRAWINGS[name])
    return references(drawing) - ids(drawing)


def tree(drawing):
    """Tags, attributes and text, whatever way they are written; ids without what a copy adds."""
    names = {name: re.sub(r"_(?:_[Rr]_\w+|v\d+|s\d+)$", "", name) for name in ids(drawing)}
    return [
        (
            etree.QName(node).localname,
            {key: plain(key, value, names) for key, value in node.attrib.items()},
            said(node, node.text),
            said(node.getparent(), node.tail) if node is not drawing else "",
        )
        for node in drawing.iter(etree.Element)
    ]


def plain(key, value, names):
    for name in sorted(names, key=len, reverse=True):
        value = value.replace(name, names[name])
    if key == "style":
        return [re.sub(r"\s*:\s*", ":", one.strip()) for one in value.split(";") if one.strip()]
    return value


def said(node, text):
    """Text where it is shown: elsewhere blanks are nothing."""
    shown = etree.QName(node).localname in ("text", "tspan", "textPath", "title", "desc")
    return text or "" if shown else (text or "").strip()


def pixels(drawing):
    svg = etree.tostring(drawing, encoding="unicode", with_tail=False)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=128, height=128))
