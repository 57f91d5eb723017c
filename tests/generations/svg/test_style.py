"""Style sheets compiled away as a browser would apply them, at a bounded cost."""

import time

import pytest

from generations import svg
from tests.generations.svg.corpus import OPENING
from tests.generations.svg.test_sanitize import inside, root

MANY = "<g/>" * 19_000
DEEP = ("<g>" * 95 + "</g>" * 95) * 150


@pytest.mark.parametrize(
    ("selector", "marked"),
    [
        ("g circle", "ab"),
        ("g > circle", "ab"),
        ("svg>g>g>circle", "b"),
        ("circle + rect", "c"),
        ("circle ~ rect", "cd"),
        ("g:nth-child(2) rect", "cd"),
        ("rect:last-child", "d"),
        ("rect:only-of-type", ""),
        ("rect:nth-of-type(2)", "d"),
        ("g > :nth-child(2n + 2)", "cd"),
        (":nth-last-child(1)", "bd"),
        ("[data-kind]", "cd"),
        ("[data-kind = 'sun']", "d"),
        ("[data-kind^=m]", "c"),
        ("[data-kind~=sun]", "d"),
        ("rect:not([data-kind=sun])", "c"),
        (":is(#a, #d)", "ad"),
        (":where(g g) circle", "b"),
        (":root rect:not(:hover)", "cd"),
        ("circle:empty", "ab"),
        ("g:empty, svg:empty", ""),
        ("rect:hover", ""),
        ("g > > circle", ""),
        ("> circle", ""),
        ("circle >", ""),
        ("rect::before", ""),
        ("*|rect", ""),
        ("svg\\:g", ""),
    ],
)
def test_selectors_match_what_a_browser_would_match(selector, marked):
    drawing = inside(
        f"<style>{selector.replace('>', '&gt;')}{{opacity:.5}}</style><g>"
        '<circle id="a"/><rect id="c" data-kind="moon"/><g><circle id="b"/></g>'
        '<rect id="d" data-kind="sun"/></g>'
    )

    styled = {name for name in "abcd" if f'id="cs_{name}" style="opacity:.5"' in drawing}
    assert styled == set(marked)


@pytest.mark.parametrize(
    ("sheet", "style", "expected"),
    [
        ("g rect{fill:red}rect{fill:lime}", "", "fill:red"),
        ("rect:first-child{fill:red}g rect{fill:lime}", "", "fill:red"),
        (":where(#a) rect{fill:red}rect{fill:lime}", "", "fill:lime"),
        ("@media screen{rect{fill:red}}@media print{rect{fill:lime}}", "", "fill:red"),
        (":root{--a:red}rect{fill:var(--a)}", "", "fill:red"),
        ("g{--a:red}", "fill:var( --a )", "fill:red"),
        ("g{--a:red}rect{--a:lime}", "fill:var(--a)", "fill:lime"),
        ("g{--a:red}", "--b:var(--a);fill:var(--b)", "fill:red"),
        ("g{--A:red}", "fill:var(--a, blue)", "fill:blue"),
        ("g{--a:2px}", "stroke-width:calc(var(--a) * 2)", "stroke-width:calc(2px * 2)"),
        ("", "fill:var(--x, var(--y, rgb(1, 2, 3)))", "fill:rgb(1, 2, 3)"),
    ],
)
def test_cascade_and_custom_properties(sheet, style, expected):
    drawing = inside(f'<style>{sheet}</style><g id="a"><rect style="{style}"/></g>')

    assert drawing == f'<g id="cs_a"><rect style="{expected}"/></g>'


@pytest.mark.parametrize(
    "style",
    [
        "fill:var(--missing)",
        "--a:var(--a);fill:var(--a)",
        "--a:var(--b);--b:var(--a);fill:var(--a)",
        "--a:url(//evil.test);fill:var(--a)",
        "--a:javascript;fill:var(--a):alert(1)",
        "--a:u;--b:rl(//evil.test);fill:var(--a)var(--b)",
        "--a:1;position:var(--a)",
        "fill:var(--a",
        ";".join(f"--a{i}:var(--a{i + 1})var(--a{i + 1})" for i in range(60)) + ";fill:var(--a0)",
    ],
)
def test_custom_properties_bring_in_nothing_else(style):
    assert inside(f'<rect style="{style}"/>') == "<rect/>"


def test_attributes_may_ask_for_custom_properties():
    drawn = inside('<g style="--c:#f00;--g:url(#a)"><rect fill="var(--c)" stroke="var(--g)"/></g>')

    assert drawn == '<g><rect fill="#f00" stroke="url(#cs_a)"/></g>'


def test_root_is_not_moved_by_custom_properties():
    moved = "transform pointer-events overflow filter mix-blend-mode isolation".split()
    attributes = " ".join(f'{name}="var(--x, none)"' for name in moved)
    style = "--x:auto;x:5px;y:5px;width:9px;" + ";".join(f"{name}:var(--x)" for name in moved)

    drawing = root(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5" {attributes} style="{style}"/>'
    )

    assert drawing == '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5"/>'


def test_geometry_of_a_style_becomes_attributes():
    sheet = "circle{r:5px;cx:calc(1px + 2px)}path{d:path('M0 0h9')}rect{r:5px;width:9}"

    drawn = inside(f'<style>{sheet}</style><circle r="1"/><path/><rect/>')

    assert drawn == '<circle r="5px" cx="calc(1px + 2px)"/><path d="M0 0h9"/><rect/>'


@pytest.mark.parametrize("style", ["background:#abc", "background-color: #abc; width: 5px"])
def test_background_of_the_root_becomes_a_rectangle(style):
    drawing = root(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5" style="{style}">'
        "<title>a</title><g/></svg>"
    )

    assert drawing == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5"><title>a</title>'
        '<rect x="-500%" y="-500%" width="1100%" height="1100%" fill="#abc" fill-opacity="1"'
        ' stroke="none"/><g/></svg>'
    )


@pytest.mark.parametrize("value", ["none", "url(//evil.test)", "linear-gradient(red,blue)"])
def test_other_backgrounds_are_dropped(value):
    drawing = root(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5" style="background:{value}"/>'
    )

    assert drawing == '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5"/>'


@pytest.mark.parametrize(
    "document",
    [
        "<style>" + "g ~ g ~ g ~ a ~ g{fill:red}" * 400 + "</style>" + MANY,
        "<style>" + "a g g g g g g g{fill:red}" * 400 + "</style>" + DEEP,
        "<style>" + "g:nth-child(2n+1){fill:red}" * 400 + "</style>" + MANY,
        "<style>g" + ":not(.a)" * 20_000 + "{fill:red}</style>" + MANY,
        "<style>" + ":is(" * 9_000 + "g" + ")" * 9_000 + "{fill:red}</style>" + MANY,
        "<style>" + 'g[a~="b"]{fill:red}' * 499 + "</style>" + f'<g a="{"a " * 150_000}"/>' * 2,
        "<style>" + 'g[a*="aab"]{fill:red}' * 499 + "</style>" + f'<g a="{"a" * 300}"/>' * 2500,
        "<style>*{" + ";".join(f"--a{i}:{'x' * 1900}" for i in range(100)) + "}</style>" + DEEP,
        f'<g fill="{"var(" * 490}"/>' * 400,
        f'<g fill="{"var(--a,x)" * 180}"/>' * 400,
        f'<g fill="{"color-mix(" + "(a)" * 60 + "("}"/>' * 4000,
        "<style>" * 90 + "<g/>" * 19_000 + "</style>" * 90,
        "<style>" + "@media screen{" * 10_000 + "}" * 10_000 + "</style>",
    ],
    ids=range(13),
)
def test_style_bombs_are_bounded(document):
    started = time.process_time()

    try:
        svg.sanitize(f"{OPENING}{document}</svg>")
    except svg.Rejected as refusal:
        assert refusal.code == "css_too_complex"

    assert time.process_time() - started < 5  # below a second where nothing else runs
