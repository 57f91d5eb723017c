"""Odd but honest forms that are kept, each for what it means."""

import pytest

from tests.generations.svg.test_sanitize import inside

CORNERS = 'x="5" y="5"'


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        # `values` overrule the others (SMIL 3, 12.4.5); an HTML reader wants one of them
        (
            f'<rect {CORNERS}><animate attributeName="x" values="0;5" from="0" to="5"/></rect>',
            f'<rect {CORNERS}><animate attributeName="x" values="0;5"/></rect>',
        ),
        (
            f'<rect {CORNERS}><set attributeName="x" from="1" to="5" values="7"/></rect>',
            f'<rect {CORNERS}><set attributeName="x" to="5"/></rect>',
        ),
        # what only animations may say says nothing elsewhere
        ('<g attributeName="x"/>', "<g/>"),
        # ids as React's useId makes them
        ('<g id=":r1:"/><use href="#:r1:"/>', '<g id="cs__r1_"/><use href="#cs__r1_"/>'),
        ('<g aria-labelledby=":a: b"/>', '<g aria-labelledby="cs__a_ cs_b"/>'),
        ('<feConvolveMatrix order="5,3"/>', '<feConvolveMatrix order="5 3"/>'),
        ('<path d="M3000000000 1"/>', '<path d="M3000000000 1"/>'),
        ('<path d="M30000000000 1"/>', "<path/>"),
        ("<g font-family=\"'A/B', Arial\"/>", '<g font-family="Arial"/>'),
        ("<g font-family=\"'A/B', url(//x)\"/>", "<g/>"),
        ('<g fill="color-mix(in srgb, #f00 9%, rgb(0 0 9))"/>',) * 2,
        ('<g fill="rgb(from #f00 r g b / 50%)"/>',) * 2,
        ("<g clip-path=\"path(evenodd, 'M0 0h9')\"/>", "<g clip-path=\"path(evenodd,'M0 0h9')\"/>"),
        ('<g clip-path="path(&quot;M0 0h9&quot;)"/>', "<g clip-path=\"path('M0 0h9')\"/>"),
        ("<g clip-path=\"path('M0 0h9), url(//x')\"/>", "<g/>"),
        ('<g clip-path="xywh(1px 2px 3px 4px)"/>',) * 2,
        ('<g style="transform:translate3d(1px,2px,0)"/>',) * 2,
        ('<g style="transform:matrix3d(1,0)"/>', "<g/>"),
        # words that load elsewhere never draw
        ('<g fill="javascript" text-anchor="url" systemLanguage="NaN"/>', "<g/>"),
    ],
)
def test_sanitize_keeps_the_meaning(fragment, expected):
    assert inside(fragment) == expected
