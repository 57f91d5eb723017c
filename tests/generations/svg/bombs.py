"""Drawings that are small to send and dear to read or draw; run as a program, it sets them off.

Each goes off in a child process, so that a bomb that does harm harms nothing else.
"""

import base64
import json
import os
import sys
import time

from chatsvg.bench.report import yardstick_ms

WORTH_A_LOOK = 0.4  # processor seconds: bombs that take less are within every bound
USUAL_MS = 4.0  # of the yardstick, on the machines of which the bounds speak
OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
FILTERED = '<rect filter="url(#f)" width="9" height="9"/>'
RECT = '<rect width="9" height="9"/>'
ANIMATED = '<rect><set attributeName="x" to="1"/></rect>'


def _doubling(count: int) -> str:
    """`count` groups, each of which uses the one before ten times."""
    groups = [f'<g id="g0">{RECT}</g>']
    groups += [f'<g id="g{i}">{f"""<use href="#g{i - 1}"/>""" * 10}</g>' for i in range(1, count)]
    return OPEN + "".join(groups) + "</svg>"


def _chain(kind: str, use: str, count: int, inside: str) -> str:
    """Resources of one kind, each of which is painted with the one before."""
    parts = [
        f'<{kind} id="r{i}" width="9" height="9">{inside.format(use=use, before=i - 1)}</{kind}>'
        for i in range(1, count)
    ]
    first = f'<{kind} id="r0" width="9" height="9">{RECT}</{kind}>'
    last = f'<rect {use}="url(#r{count - 1})" width="9" height="9"/>'
    return OPEN + first + "".join(parts) + last + "</svg>"


def _filters(count: int, inside: str) -> str:
    return f'{OPEN}<filter id="f">{inside * count}</filter>{FILTERED}</svg>'


def _tree(kind: str, count: int) -> str:
    """Primitives, each of which reads the one before twice."""
    parts = [f'<{kind} in="r{i}" in2="r{i}" result="r{i + 1}"/>' for i in range(count - 1)]
    return '<feOffset result="r0"/>' + "".join(parts)


def _picture(kind: str, data: bytes) -> str:
    packed = base64.b64encode(data).decode()
    return f'{OPEN}<image href="data:image/{kind};base64,{packed}"/></svg>'


BOMBS = {
    "billion laughs": lambda: (
        '<!DOCTYPE svg [<!ENTITY a "lol">'
        + "".join(f'<!ENTITY {c} "{("&" + chr(ord(c) - 1) + ";") * 10}">' for c in "bcdefghij")
        + f"]>{OPEN}<text>&j;</text></svg>"
    ),
    "quadratic entity": lambda: (
        f'<!DOCTYPE svg [<!ENTITY a "{"x" * 50_000}">]>{OPEN}<text>{"&a;" * 50_000}</text></svg>'
    ),
    "entities in attributes": lambda: (
        f'<!DOCTYPE svg [<!ENTITY a "{"x" * 9_000}">]>{OPEN}<g id="{"&a;" * 9_000}"/></svg>'
    ),
    "uses of uses": lambda: _doubling(12),
    "uses a hundred thousand": lambda: (
        OPEN + f'<g id="a">{RECT}</g>' + '<use href="#a"/>' * 19_000 + "</svg>"
    ),
    "uses of a large group": lambda: (
        OPEN
        + f'<g id="a">{"<path d=%sM0 0h9%s/>" % (chr(34), chr(34)) * 9_000}</g>'
        + '<use href="#a"/>' * 9_000
        + "</svg>"
    ),
    "uses of a long path": lambda: (
        f'{OPEN}<path id="a" d="{"M0 0L9 9" * 40_000}"/>' + '<use href="#a"/>' * 15_000 + "</svg>"
    ),
    "uses of long text": lambda: (
        f'{OPEN}<text id="a">{"x" * 500_000}</text>' + '<use href="#a"/>' * 15_000 + "</svg>"
    ),
    "a chain of uses": lambda: (
        f'{OPEN}<g id="u0">{RECT}</g>'
        + "".join(f'<use id="u{i}" href="#u{i - 1}"/>' for i in range(1, 9_000))
        + "</svg>"
    ),
    "patterns of patterns": lambda: _chain(
        "pattern", "fill", 40, '<rect {use}="url(#r{before})" width="9" height="9"/>' * 9
    ),
    "patterns by inheritance": lambda: _chain(
        "pattern", "fill", 40, '<g {use}="url(#r{before})">' + RECT * 9 + "</g>"
    ),
    "masks of masks": lambda: _chain(
        "mask", "mask", 40, '<rect {use}="url(#r{before})" width="9" height="9"/>' * 9
    ),
    "clips of clips": lambda: _chain(
        "clipPath", "clip-path", 40, '<rect {use}="url(#r{before})" width="9" height="9"/>' * 9
    ),
    "markers of markers": lambda: _chain(
        "marker",
        "marker-mid",
        12,
        '<path {use}="url(#r{before})" d="M0 0h1h1h1h1h1h1h1h1h1h1h1h1"/>' * 4,
    ),
    "markers on a long path": lambda: (
        f'{OPEN}<marker id="m">{RECT * 50}</marker>'
        f'<path marker-mid="url(#m)" d="M0 0{"h1" * 100_000}"/></svg>'
    ),
    "gradients in a chain": lambda: (
        OPEN
        + '<linearGradient id="a0"/>'
        + "".join(f'<linearGradient id="a{i}" href="#a{i - 1}"/>' for i in range(1, 9_000))
        + "</svg>"
    ),
    "depth within the parser": lambda: OPEN + "<g>" * 240 + "</g>" * 240 + "</svg>",
    "depth beyond the parser": lambda: OPEN + "<g>" * 100_000 + "</g>" * 100_000 + "</svg>",
    "path of ten megabytes": lambda: f'{OPEN}<path d="{"M0 0L9 9" * 1_250_000}"/></svg>',
    "path of nine hundred kilobytes": lambda: f'{OPEN}<path d="{"M0 0L9 9" * 110_000}"/></svg>',
    "fifty thousand attributes": lambda: (
        OPEN + "<g " + " ".join(f'a{i}=""' for i in range(50_000)) + "/></svg>"
    ),
    "many attributes on many elements": lambda: (
        OPEN + ("<g " + " ".join(f'a{i}=""' for i in range(99)) + "/>") * 1_100 + "</svg>"
    ),
    "twenty thousand namespaces": lambda: (
        OPEN + "<g " + " ".join(f'xmlns:a{i}="u{i}"' for i in range(20_000)) + "/></svg>"
    ),
    "a long namespace on many elements": lambda: (
        f'{OPEN}<g xmlns:a="{"x" * 500_000}">{"<a:b/>" * 30_000}</g></svg>'
    ),
    "a long namespace on many attributes": lambda: (
        f'{OPEN}<g xmlns:a="{"x" * 499}">' + '<g a:a="" a:b=""/>' * 19_000 + "</g></svg>"
    ),
    "elements beyond the limit": lambda: OPEN + RECT * 35_000 + "</svg>",
    "elements within the limit": lambda: OPEN + "<g/>" * 19_900 + "</svg>",
    "less-than signs": lambda: "<" * 999_999,
    "namespace words": lambda: OPEN + "xmlns" * 190_000 + "</svg>",
    "comments": lambda: "<!-- -->" * 120_000 + OPEN + "</svg>",
    "an open comment": lambda: "<!--" * 240_000,
    "instructions": lambda: OPEN + "<?a b?>" * 30_000 + "</svg>",
    "filter primitives": lambda: _filters(5_000, "<feGaussianBlur stdDeviation='9'/>"),
    "filter octaves": lambda: _filters(
        30, '<feTurbulence baseFrequency="9" numOctaves="999999999"/>'
    ),
    "filter used often": lambda: (
        f'{OPEN}<filter id="f">{"<feTurbulence/>" * 30}</filter>'
        + '<rect filter="url(#f)" width="9" height="9"/>' * 900
        + "</svg>"
    ),
    "filters through uses": lambda: (
        f'{OPEN}<filter id="f">{"<feTurbulence/>" * 30}</filter><g id="a">{FILTERED}</g>'
        + '<use href="#a"/>' * 900
        + "</svg>"
    ),
    "filter functions nested": lambda: (
        OPEN + '<g style="filter:blur(9px)">' * 40 + RECT + "</g>" * 40 + "</svg>"
    ),
    "filter functions listed": lambda: (
        f'{OPEN}<rect style="filter:{"blur(9px) " * 190}" width="9" height="9"/></svg>' * 1
    ),
    "dashes": lambda: (
        f'{OPEN}<path d="M0 0H9999999" stroke="red" stroke-dasharray="1e-9 1e-9"/></svg>'
    ),
    "animations": lambda: (
        OPEN + '<animate attributeName="fill" values="red;blue" dur="1s"/>' * 15_000 + "</svg>"
    ),
    "sheet of many rules": lambda: f"{OPEN}<style>{'*{fill:red}' * 15_000}</style></svg>",
    "sheet on many elements": lambda: (
        f"{OPEN}<style>{'*{fill:red;stroke:blue;opacity:1}' * 450}</style>"
        + "<g/>" * 15_000
        + "</svg>"
    ),
    "sheet that grows": lambda: (
        f"{OPEN}<style>*{{font-family:{'x' * 90},y;}}</style>" + "<g/>" * 19_000 + "</svg>"
    ),
    "sheet of parentheses": lambda: f"{OPEN}<style>a{{fill:{'(' * 190_000}</style></svg>",
    "sheet of functions": lambda: f"{OPEN}<style>a{{fill:{'a(' * 90_000}</style></svg>",
    "sheet of braces": lambda: f"{OPEN}<style>{'{' * 190_000}</style></svg>",
    "sheet of selectors": lambda: f"{OPEN}<style>{'a,' * 95_000}{{fill:red}}</style></svg>",
    "sheet of compounds": lambda: f"{OPEN}<style>{'.a' * 95_000}{{fill:red}}</style></svg>",
    "classes on many elements": lambda: (
        f"{OPEN}<style>.a{{fill:red}}</style>" + f'<g class="{"a " * 200}"/>' * 2_000 + "</svg>"
    ),
    "style of parentheses": lambda: f'{OPEN}<g style="fill:{"(" * 190_000}"/></svg>',
    "style of declarations": lambda: f'{OPEN}<g style="{"fill:red;" * 20_000}"/></svg>' * 1,
    "styles with strings": lambda: (
        OPEN + "<g style=\"font-family:'a';fill:red\"/>" * 19_000 + "</svg>"
    ),
    "distinct styles": lambda: (
        OPEN + "".join(f"<g style=\"font-family:'a{i}'\"/>" for i in range(19_000)) + "</svg>"
    ),
    "numbers": lambda: f'{OPEN}<polygon points="{"1e308 " * 60_000}"/></svg>',
    "number of one digit": lambda: f'{OPEN}<rect x="{"1" * 390_000}"/></svg>',
    "spaces in a value": lambda: (
        f'{OPEN}<rect fill="{" " * 390_000}x"/><g transform="{"rotate(1)" * 40_000}"/></svg>'
    ),
    "begin list": lambda: f'{OPEN}<animate attributeName="x" begin="{"a.b.c+" * 300}"/></svg>',
    "commas": lambda: f'{OPEN}<g x="{"1," * 190_000}z" font-family="{"a," * 900}"/></svg>',
    "picture too large": lambda: (
        f'{OPEN}<image href="data:image/png;base64,{"A" * 990_000}"/></svg>'
    ),
    "picture of many pixels": lambda: (
        OPEN
        + '<image href="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA//8AAP//CAIAAAA="/></svg>'
    ),
    "uses of empty groups": lambda: (
        OPEN + f'<g id="a">{"<g/>" * 9_000}</g>' + '<use href="#a"/>' * 9_000 + "</svg>"
    ),
    "uses filled before they refer": lambda: (
        OPEN
        + f'<g id="a">{RECT * 900}</g><pattern id="p">{RECT * 900}</pattern>'
        + '<use fill="url(#p)" href="#a"/></svg>'
    ),
    "fine dashes on long paths": lambda: (
        OPEN
        + '<g stroke="red" stroke-dasharray=".01">'
        + '<path d="M0 0H9999999"/>' * 9_000
        + "</g></svg>"
    ),
    "dashes by path length": lambda: (
        OPEN + '<path stroke="red" stroke-dasharray="1" pathLength="9999999" d="M0 0H9"/></svg>'
    ),
    "dashes inherited by use": lambda: (
        OPEN
        + '<path id="a" d="M0 0H9999999"/>'
        + '<use stroke-dasharray="1" href="#a"/>' * 900
        + "</svg>"
    ),
    "style attributes of parentheses": lambda: (
        OPEN + f'<g style="fill:{"(" * 390}"/>' * 2_400 + "</svg>"
    ),
    "style attributes of commas": lambda: (
        OPEN + f'<g style="font-family:\'{"," * 300_000}"/>' * 3 + "</svg>"
    ),
    "sheets of parentheses": lambda: (
        OPEN + f"<style>a{{fill:{'(' * 190_000}</style>" * 5 + "</svg>"
    ),
    "ids": lambda: OPEN + "".join(f'<g id="{"x" * 30}{i}"/>' for i in range(17_000)) + "</svg>",
    "contexts and containers": lambda: (
        OPEN
        + "".join(f'<g fill="url(#a{i})" stroke="url(#a{i})">' for i in range(95))
        + '<pattern width="1" height="1"><rect width="1" height="1"/></pattern>' * 9_000
        + "</g>" * 95
        + "</svg>"
    ),
    "values of one word": lambda: (
        f'{OPEN}<animate attributeName="x" values="{"a" * 390_000} ("/></svg>'
    ),
    "words of many values": lambda: (
        OPEN + "".join(f'<g opacity="{"a" * 1_900}{i} ("/>' for i in range(450)) + "</svg>"
    ),
    "namespaces without quotes": lambda: "<svg " + "xmlns" * 990 + " " * 900_000 + '"',
    "sheet of empty rules": lambda: (
        f"{OPEN}<style>{'*{x:y}' * 500}</style>" + "<g/>" * 19_900 + "</svg>"
    ),
    "sheet that never matches": lambda: (
        f"{OPEN}<style>{''.join('.a.b%d{fill:red}' % i for i in range(500))}</style>"
        + '<g class="a"/>' * 19_900
        + "</svg>"
    ),
    "sheet of ancestors": lambda: (
        f"{OPEN}<style>{'g g g g g g x{fill:red}' * 400}</style>"
        + ("<g>" * 90 + "</g>" * 90) * 200
        + "</svg>"
    ),
    "text in pieces": lambda: (
        f"{OPEN}<text><tspan/>{'<b/>xxxxxxxxxxxxxxxxxxxxx' * 39_000}</text></svg>"
    ),
    "a tree of blends": lambda: _filters(1, _tree("feBlend", 39)),
    "a tree of composites by wrong names": lambda: _filters(
        39, '<feComposite in="x" in2="BackgroundImage"/>'
    ),
    "merges of merges": lambda: _filters(12, f"<feMerge>{'<feMergeNode/>' * 9}</feMerge>"),
    "a merge of many": lambda: _filters(1, f"<feMerge>{'<feMergeNode/>' * 10_000}</feMerge>"),
    "deep groups through uses": lambda: (
        f'{OPEN}<defs><g id="u0">{RECT}</g>'
        + "".join(
            f'<g id="u{i}">{"<g>" * 90}<use href="#u{i - 1}"/>{"</g>" * 90}</g>'
            for i in range(1, 60)
        )
        + '</defs><use href="#u59"/></svg>'
    ),
    "deep patterns through paint": lambda: _chain(
        "pattern",
        "fill",
        250,
        "<g>" * 60 + '<rect {use}="url(#r{before})" width="9" height="9"/>' + "</g>" * 60,
    ),
    "layers in masks in masks": lambda: _chain(
        "mask",
        "mask",
        250,
        '<g opacity=".9">' * 60
        + '<rect {use}="url(#r{before})" width="9" height="9"/>'
        + "</g>" * 60,
    ),
    "a mask on many": lambda: (
        f'{OPEN}<mask id="m">{RECT}</mask>'
        + '<rect mask="url(#m)" width="99" height="99"/>' * 19_000
        + "</svg>"
    ),
    "blended many": lambda: (
        OPEN + '<path d="M0 0h99v99" style="mix-blend-mode:hue"/>' * 15_000 + "</svg>"
    ),
    "gradients on many": lambda: (
        f'{OPEN}<linearGradient id="g"/>'
        + '<rect fill="url(#g)" width="99" height="99"/>' * 19_000
        + "</svg>"
    ),
    "convolutions": lambda: _filters(30, '<feConvolveMatrix order="9"/>'),
    "lights": lambda: (
        f'{OPEN}<filter id="f"><feSpecularLighting/></filter>' + FILTERED * 599 + "</svg>"
    ),
    "morphologies": lambda: _filters(30, '<feMorphology operator="dilate" radius="60"/>'),
    "blurs beyond the picture": lambda: (
        OPEN
        + '<g transform="scale(9)">'
        + f'<g style="filter:blur(99px)">{RECT}</g>' * 60
        + "</g></svg>"
    ),
    "blurs enlarged through uses": lambda: (
        f'{OPEN}<g id="a"><g style="filter:blur(9px)">{RECT}</g></g>'
        + '<g transform="scale(99)"><use href="#a"/></g>' * 190
        + "</svg>"
    ),
    "a path across and across": lambda: (
        f'{OPEN}<path stroke="red" stroke-width="5" d="M0 0{"L100 99L0 1" * 35_000}"/></svg>'
    ),
    "short paths across, used": lambda: (
        f'{OPEN}<g id="a">{"<path d=%sM0 0%s%s/>" % (chr(34), "L99 99L0 1" * 40, chr(34)) * 9}</g>'
        + '<use href="#a"/>' * 1_900
        + "</svg>"
    ),
    "markers on closings": lambda: (
        f'{OPEN}<marker id="m">{RECT}</marker><path marker-mid="url(#m)" d="M0 0{"z" * 99_000}"/>'
        + "</svg>"
    ),
    "letters as large as the picture": lambda: (
        f'{OPEN}<text font-size="1e7" stroke="red" stroke-width="1e6">{"abc" * 9_000}</text></svg>'
    ),
    "letters enlarged": lambda: (
        f'{OPEN}<g transform="scale(99)"><text font-size="1">{"abc" * 9_000}</text></g></svg>'
    ),
    "letters on a long path": lambda: (
        f'{OPEN}<path id="p" d="M0 0{"L9 9L0 1" * 9_000}"/>'
        + f'<text><textPath href="#p">{"a" * 90_000}</textPath></text></svg>'
    ),
    "patterns larger than the picture": lambda: (
        f'{OPEN}<pattern id="p" patternUnits="userSpaceOnUse" width="1e6" height="1e6">{RECT}'
        + "</pattern>"
        + '<rect fill="url(#p)" width="99" height="99"/>' * 900
        + "</svg>"
    ),
    "patterns through context paint": lambda: (
        f'{OPEN}<pattern id="p" width="1" height="1">{RECT * 900}</pattern>'
        + '<marker id="m"><circle r="9" fill="context-fill"/></marker>'
        + f'<path fill="url(#p)" marker-mid="url(#m)" d="M0 0{"h1" * 9_000}"/></svg>'
    ),
    "animations through uses": lambda: (
        OPEN + f'<g id="a">{ANIMATED * 90}' + "</g>" + '<use href="#a"/>' * 300 + "</svg>"
    ),
    "circles of fine dashes": lambda: (
        OPEN + '<circle r="40" stroke="red" stroke-dasharray=".02"/>' * 9_000 + "</svg>"
    ),
    "picture of many scans": lambda: _picture(
        "jpeg", b"\xff\xd8\xff\xc2\0\x0b\x08\x10\0\x10\0\x01\x01\x11\0" + b"\xff\xda" * 9_000
    ),
    "picture of many frames": lambda: _picture(
        "gif", b"GIF89a\0\x10\0\x10\0\0\0" + b"\0\x2c" * 9_000
    ),
    "variables for many": lambda: (
        f"{OPEN}<style>*{{{''.join(f'--a{i}:{chr(120) * 1_900};' for i in range(60))}}}</style>"
        + "<g/>" * 19_000
        + "</svg>"
    ),
}


def measure(name: str) -> tuple[str, float]:
    """What becomes of one bomb, and the processor seconds that it took."""
    from generations import svg

    bomb = BOMBS[name]()
    start = time.process_time()
    try:
        outcome = f"drawn {len(svg.sanitize(bomb).svg)}"
    except svg.Rejected as refusal:
        outcome = refusal.code
    return outcome, time.process_time() - start


def in_child(name: str) -> tuple[str, float, float]:
    """`measure` in a process of its own, with its peak of memory in megabytes."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, json.dumps(measure(name)).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as answer:
        outcome, seconds = json.loads(answer.read() or '["died", 0]')
    return outcome, seconds, os.wait4(child, 0)[2].ru_maxrss / 1024


def judged(name: str) -> tuple[str, float, float]:
    """`in_child`, with the seconds that a machine of usual speed would take: some hours are three
    times as slow as others, and what is promised is promised of the sanitizer."""
    outcome, seconds, megabytes = in_child(name)
    if seconds > WORTH_A_LOOK:
        seconds /= max(yardstick_ms() / USUAL_MS, 1)
    return outcome, seconds, megabytes


if __name__ == "__main__":
    import generations.svg  # noqa: F401  what every child needs, loaded once

    print(json.dumps({name: judged(name) for name in sys.argv[1:] or BOMBS}))
