"""Drawings to measure with: like those that models make, and bombs. The same for the same seed."""

import random
from collections.abc import Callable
from math import cos, sin, tau

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512">'
RECT = '<rect width="9" height="9"/>'


def drawing(size: int, seed: int) -> str:
    """About `size` bytes of gradients, a filter, a clip path, style, text, uses, groups, paths."""
    dice = random.Random(seed)  # noqa: S311  # variety, no secret
    parts = [OPEN, _resources(dice)]
    length, number = sum(map(len, parts)), 0
    while length < size - len("</svg>"):
        part = _figure(dice, number)
        parts.append(part)
        length, number = length + len(part), number + 1
    return "".join([*parts, "</svg>"])


def _resources(dice: random.Random) -> str:
    stops = "".join(f'<stop offset="{at}" stop-color="{_colour(dice)}"/>' for at in (0, 0.5, 1))
    return (
        "<title>A landscape of figures</title>"
        "<style>.line{fill:none;stroke-linecap:round}.soft{opacity:.8}</style><defs>"
        f'<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>'
        f'<radialGradient id="sun" cx="50%" cy="50%" r="60%">{stops}</radialGradient>'
        '<filter id="shadow" x="-20%" y="-20%" width="140%" height="140%">'
        '<feGaussianBlur in="SourceAlpha" stdDeviation="3"/><feOffset dx="2" dy="4"/>'
        '<feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge></filter>'
        '<clipPath id="frame"><rect width="512" height="512" rx="24"/></clipPath>'
        f'<g id="leaf">{_path(dice, 4, "sun")}</g></defs>'
        '<rect width="512" height="512" fill="url(#sky)" filter="url(#shadow)"/>'
    )


def _figure(dice: random.Random, number: int) -> str:
    x, y, turn = dice.randrange(512), dice.randrange(512), dice.randrange(360)
    kinds = (
        lambda: _path(dice, dice.randrange(6, 30), "sky"),
        lambda: _path(dice, dice.randrange(6, 30)),
        lambda: f'<use href="#leaf" x="{x}" y="{y}" transform="rotate({turn} {x} {y})"/>',
        lambda: f'<circle cx="{x}" cy="{y}" r="{dice.randrange(4, 60)}" fill="url(#sun)"/>',
        lambda: (
            f'<text x="{x}" y="{y}" font-family="Georgia, serif" font-size="24" '
            f'text-anchor="middle">Figure {number} &amp; <tspan dy="8">more</tspan></text>'
        ),
        lambda: (
            f'<g transform="translate({x} {y}) scale(.5)" clip-path="url(#frame)" class="soft">'
            f'{_path(dice, 8)}<rect width="40" height="{turn}" rx="4" '
            f'style="fill:{_colour(dice)};stroke:#333;stroke-width:2"/></g>'
        ),
        lambda: (
            f'<path class="line" d="M{x} {y}q20 -40 40 0t40 0" stroke="{_colour(dice)}" '
            f'stroke-width="{dice.randrange(1, 9)}"/>'
        ),
    )
    return dice.choice(kinds)()


def _path(dice: random.Random, count: int, fill: str = "") -> str:
    """A closed shape of curves, written with the precision of drawing programs."""
    middle, away = (dice.uniform(80, 430), dice.uniform(80, 430)), dice.uniform(20, 80)
    points = []
    for step in range(count):
        for part in (0.3, 0.6, 1.0):
            turn, far = tau * (step + part) / count, away * dice.uniform(0.7, 1.3)
            points.append(f"{middle[0] + far * cos(turn):.2f},{middle[1] + far * sin(turn):.2f}")
    curves = " ".join(f"C{' '.join(points[at : at + 3])}" for at in range(0, len(points), 3))
    paint = f"url(#{fill})" if fill else _colour(dice)
    return f'<path d="M{points[-1]} {curves}Z" fill="{paint}" fill-opacity="0.9"/>'


def _colour(dice: random.Random) -> str:
    return f"#{dice.randrange(0x1000000):06x}"


def _doubling(count: int) -> str:
    groups = [f'<g id="g0">{RECT}</g>']
    for i in range(1, count):
        uses = f'<use href="#g{i - 1}"/>' * 10
        groups.append(f'<g id="g{i}">{uses}</g>')
    return OPEN + "".join(groups) + "</svg>"


BOMBS: dict[str, Callable[[], str]] = {
    "uses of uses": lambda: _doubling(12),
    "uses of a large group": lambda: (
        f'{OPEN}<g id="a">{RECT * 9_000}</g>' + '<use href="#a"/>' * 9_000 + "</svg>"
    ),
    "entities": lambda: (
        f'<!DOCTYPE svg [<!ENTITY a "{"x" * 50_000}">]>{OPEN}<text>{"&a;" * 50_000}</text></svg>'
    ),
    "depth": lambda: OPEN + "<g>" * 100_000 + "</g>" * 100_000 + "</svg>",
    "elements within the limit": lambda: OPEN + "<g/>" * 19_900 + "</svg>",
    "attributes": lambda: OPEN + "<g " + " ".join(f'a{i}=""' for i in range(50_000)) + "/></svg>",
    "a long path": lambda: f'{OPEN}<path d="{"M0 0L9 9" * 49_000}"/></svg>',
    "markers on a long path": lambda: (
        f'{OPEN}<marker id="m">{RECT * 50}</marker>'
        f'<path marker-mid="url(#m)" d="M0 0{"h1" * 100_000}"/></svg>'
    ),
    "filters": lambda: (
        f'{OPEN}<filter id="f">{"<feTurbulence/>" * 30}</filter>'
        + '<rect filter="url(#f)" width="9" height="9"/>' * 900
        + "</svg>"
    ),
    "a sheet on many elements": lambda: (
        f"{OPEN}<style>{'*{fill:red;stroke:blue;opacity:1}' * 450}</style>{'<g/>' * 15_000}</svg>"
    ),
    "style attributes": lambda: OPEN + f'<g style="fill:{"(" * 390}"/>' * 2_400 + "</svg>",
    "less-than signs": lambda: "<" * 999_999,
}
