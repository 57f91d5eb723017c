"""Mutants of the hostile and the honest drawings, each the same for its number at all times."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from generations.svg import tables
from tests.generations.svg import corpus

LONGEST = 40_000
TAG = re.compile(r"<[^<>]*>")
ATTRIBUTE = re.compile(r"\s([A-Za-z_:][\w:.-]*)\s*=\s*(\"[^\"]*\"|'[^']*')")
NUMBER = re.compile(r"-?[0-9]*\.?[0-9]+")
NAME = re.compile(r"(?<=[</])[A-Za-z][\w:.-]*")

ELEMENTS = (
    *sorted(tables.ELEMENTS),
    *"script style a foreignObject feImage handler iframe svg:script html p math metadata".split(),
    *"cursor font-face tref view discard audio x:rect SCRIPT linearGRADIENT".split(),
)
ATTRIBUTES = (
    *sorted(tables.ATTRIBUTES),
    *"onload onbegin onclick style class href xlink:href XLINK:HREF xml:base xml:lang src".split(),
    *"xmlns xmlns:xlink x:href data-x target ping srcset formaction tabindex --x ID".split(),
)
NAMESPACES = (
    "",
    tables.SVG,
    tables.SVG.upper(),
    tables.XLINK,
    tables.XML,
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1998/Math/MathML",
    "http://www.w3.org/2001/XInclude",
    "urn:x",
)
VALUES = (
    *"javascript:alert(1) //evil.test/ http://evil.test/a.svg#b #a #cs_a #%61 #a//b".split(),
    *"url(#a) url(//evil.test) URL(#a) url('#a') url(\"#a\")red u\\72l(#a) var(--x)".split(),
    "var(--x, red)",
    *"calc(1px+2%) 1e9 1e-9 -1 NaN Infinity 100% 0 1e999 .5. 1,2,3 auto none inherit".split(),
    *"currentColor #f00 #12345678 rgb(1,2,3) color-mix(in,srgb) href onload style fill".split(),
    *"a.end+1s 0s;click indefinite .5s 1:02:03 ];; {} expression(1) image-set(#a)".split(),
    "data:image/png;base64,AAAA",
    "data:image/svg+xml,<svg/>",
    "data:text/html,<script>alert(1)</script>",
    "M0 0L9 9z",
    "path('M0 0h9')",
    "0 0 10 10",
    "rotate(9) scale(1e9)",
    "0;100;0",
    "blur(9px) url(#a) drop-shadow(0 0 9px red)",
    "position:fixed;inset:0;fill:red",
    "--x:url(#a);fill:var(--x)",
    "background:red url(//evil.test)",
    "",
)
CHARACTERS = (
    *"<>&;:/\\\"'=()[]{}#%@!?-_.,+*~^|$`0aA \t\n\r",
    *map(chr, (0, 1, 8, 0x7F, 0x85, 0xA0, 0xAD, 0x200B, 0x202E, 0x2028, 0xD800, 0xFEFF)),
    *map(chr, (0xFFFE, 0xFFFF, 0x1D54F, 0x10FFFF, 0x131, 0x212A, 0xFF1C)),
)
FRAGMENTS = (
    "<!---->",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?xml version='1.0'?>",
    "<?xml-stylesheet href='//evil.test'?>",
    "<!DOCTYPE svg>",
    "<!DOCTYPE svg [<!ENTITY x 'alert(1)'>]>",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
    *"&x; &lt; &amp;lt; &#60; &#x3c; &#0; &#xD800; &nbsp; &colon; &".split(),
    "</svg>",
    "<svg>",
    "</style>",
    "<style>*{fill:red}</style>",
    "<style>@import '//evil.test';g > *{stroke:url(#a)}:root{--x:#f00}</style>",
    "<style>rect:nth-child(2n+1):not(.a),[id^='a'] ~ *{color:var(--x)}</style>",
    "<style>:is(circle, .a) + *{r:5px;width:9px;d:path('M0 0h9')}</style>",
    "<script>alert(1)</script>",
    "<a href='javascript:alert(1)'>",
    "<title><p>",
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><img src='x' onerror='alert(1)'/>",
    "<animate attributeName='href' values='javascript:alert(1)'/>",
    "<set attributeName='onload' to='alert(1)'/>",
    "<use href='#a'/>",
)


@cache
def seeds() -> tuple[str, ...]:
    """What mutants are made of: every hostile drawing once, every honest one twice."""
    honest = sorted((Path(__file__).parent / "benign").glob("**/*.svg"))
    texts = [payload.text for payload in corpus.payloads()]
    texts += 2 * [file.read_text(encoding="utf-8") for file in honest]
    return tuple(text for text in texts if len(text) < LONGEST)


def mutant(number: int) -> str:
    """The mutant of this number: a seed changed in one to five ways."""
    chance = random.Random(f"mutant {number}")
    text = chance.choice(seeds())
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4, 5))):
        text = chance.choice(MUTATORS)(chance, text)[:LONGEST]
    return text


def _somewhere(chance: random.Random, text: str) -> int:
    return chance.randint(0, len(text))


def _put(text: str, start: int, end: int, piece: str) -> str:
    return text[:start] + piece + text[end:]


def _span(chance: random.Random, pattern: re.Pattern, text: str) -> re.Match | None:
    found = list(pattern.finditer(text))
    return chance.choice(found) if found else None


def characters(chance: random.Random, text: str) -> str:
    """A character put in, put over another, or a few taken out."""
    at = _somewhere(chance, text)
    return _put(text, at, at + chance.choice((0, 0, 1, 1, 5)), chance.choice(("", *CHARACTERS)))


def encoding(chance: random.Random, text: str) -> str:
    """A few characters as references, or the whole as it is read in another encoding."""
    at = _somewhere(chance, text)
    end = at + chance.randint(1, 6)
    if chance.random() < 0.1:
        return text.encode("utf-8", "surrogatepass").decode("latin-1")
    form = chance.choice(("&#{};", "&#x{:x};", "&#0000{};", "{{U+{:04X}}}"))
    return _put(text, at, end, "".join(form.format(ord(one)) for one in text[at:end]))


def tokens(chance: random.Random, text: str) -> str:
    """A tag taken out, doubled, moved, or exchanged for another."""
    one, other = _span(chance, TAG, text), _span(chance, TAG, text)
    if not one or not other:
        return characters(chance, text)
    match chance.randrange(4):
        case 0:
            return _put(text, *one.span(), "")
        case 1:
            return _put(text, *one.span(), one.group() * chance.choice((2, 2, 3, 40)))
        case 2:
            return _put(text, *one.span(), other.group())
        case _:
            return _put(_put(text, *one.span(), ""), _somewhere(chance, text), 0, one.group())


def splice(chance: random.Random, text: str) -> str:
    """The beginning of one drawing and the end of another, or a piece of it put in."""
    other = chance.choice(seeds())
    here, there = _span(chance, TAG, text), _span(chance, TAG, other)
    at = here.end() if here else _somewhere(chance, text)
    start = there.start() if there else _somewhere(chance, other)
    if chance.random() < 0.3:
        return text[:at] + other[start:]
    inner = other.find(">", other.find("<svg")) + 1
    piece = other[inner : other.rfind("</")] if chance.random() < 0.6 else other[start:][:200]
    return _put(text, at, at, piece)


def attributes(chance: random.Random, text: str) -> str:
    """An attribute of this drawing taken out, renamed, doubled or moved to another element."""
    one, tag = _span(chance, ATTRIBUTE, text), _span(chance, TAG, text)
    if not one or not tag:
        return tokens(chance, text)
    match chance.randrange(5):
        case 0:
            return _put(text, *one.span(), "")
        case 1:
            return _put(text, *one.span(1), chance.choice(ATTRIBUTES))
        case 2:
            return _put(text, one.end(), one.end(), f" {chance.choice(ATTRIBUTES)}={one[2]}")
        case 3:
            return _put(text, *one.span(1), one[1].swapcase())
        case _:
            name = re.match(r"<[\w:.-]+", tag.group())
            at = tag.start() + (name.end() if name else 1)
            return _put(text, at, at, one.group())


def values(chance: random.Random, text: str) -> str:
    """A value exchanged for another one, for a hostile one, or lengthened by one."""
    one, other = _span(chance, ATTRIBUTE, text), _span(chance, ATTRIBUTE, chance.choice(seeds()))
    if not one or not other:
        return characters(chance, text)
    quote, old = one[2][0], one[2][1:-1]
    new = chance.choice((other[2][1:-1], chance.choice(VALUES), chance.choice(VALUES)))
    joined = chance.choice(("{1}", "{1}", "{0};{1}", "{0} {1}", "{1}{0}", "{0},{1}", "url({1})"))
    return _put(text, *one.span(2), quote + joined.format(old, new).replace(quote, "") + quote)


def new_attribute(chance: random.Random, text: str) -> str:
    """An attribute that was not there, of any name and value."""
    tag = _span(chance, TAG, text)
    name = re.match(r"<[\w:.-]+", tag.group()) if tag else None
    if not tag or not name:
        return splice(chance, text)
    value = chance.choice(VALUES).replace('"', "&quot;").replace("<", "&lt;")
    return _put(
        text, tag.start() + name.end(), tag.start() + name.end(),
        f' {chance.choice(ATTRIBUTES)}="{value}"',
    )  # fmt: skip


def numbers(chance: random.Random, text: str) -> str:
    """A number made huge, tiny, negative, many or none."""
    one = _span(chance, NUMBER, text)
    if not one:
        return characters(chance, text)
    extremes = "0 -0 -1 1e9 1e-9 1e308 1e-400 99999999 .0000001 1e 1.2.3 0x10 ١ ".split(" ")
    return _put(text, *one.span(), chance.choice((*extremes, " ".join([one.group()] * 50))))


def names(chance: random.Random, text: str) -> str:
    """All elements of one name under another, or one tag only."""
    one = _span(chance, NAME, text)
    if not one:
        return tokens(chance, text)
    new = chance.choice(ELEMENTS)
    if chance.random() < 0.3:
        return _put(text, *one.span(), new)
    return re.sub(rf"(?<=[</]){re.escape(one.group())}(?![\w:.-])", new, text)


def nesting(chance: random.Random, text: str) -> str:
    """A part put inside other elements, once or many times."""
    one, other = _span(chance, TAG, text), _span(chance, TAG, text)
    if not one or not other:
        return tokens(chance, text)
    start, end = sorted((one.start(), other.end()))
    name, times = chance.choice(ELEMENTS), chance.choice((1, 1, 2, 5, 60, 120, 300))
    return _put(text, start, end, f"<{name}>" * times + text[start:end] + f"</{name}>" * times)


def namespaces(chance: random.Random, text: str) -> str:
    """A namespace declared anew somewhere, or a prefix put before names."""
    tag = _span(chance, TAG, text)
    prefix = chance.choice(("", ":x", ":xlink", ":xml", ":svg", ":xmlns"))
    if tag and chance.random() < 0.6:
        name = re.match(r"<[\w:.-]+", tag.group())
        at = tag.start() + (name.end() if name else 1)
        return _put(text, at, at, f' xmlns{prefix}="{chance.choice(NAMESPACES)}"')
    one = _span(chance, NAME, text)
    return _put(text, one.start(), one.start(), (prefix or ":s")[1:] + ":") if one else text


def fragments(chance: random.Random, text: str) -> str:
    """A comment, a section, a declaration, an entity or an element put in."""
    tag = _span(chance, TAG, text)
    at = tag.end() if tag and chance.random() < 0.7 else _somewhere(chance, text)
    return _put(text, at, at, chance.choice(FRAGMENTS))


def wrapping(chance: random.Random, text: str) -> str:
    """The whole in something else."""
    before, after = chance.choice(
        (
            ("\ufeff", ""),
            ("<?xml version='1.0' encoding='UTF-7'?>", ""),
            ("<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'>", ""),
            ("<!-- a -->\n", "<!-- b -->"),
            ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>", "</svg>"),
            ("<html>", "</html>"),
            ("", "<svg/>"),
            ("", "\n\n  "),
            ("```svg\n", "\n```"),
        )
    )
    return before + text + after


MUTATORS: tuple[Callable[[random.Random, str], str], ...] = (
    characters,
    encoding,
    tokens,
    splice,
    splice,
    attributes,
    attributes,
    values,
    values,
    values,
    new_attribute,
    new_attribute,
    numbers,
    names,
    nesting,
    namespaces,
    fragments,
    fragments,
    wrapping,
)


def most_exotic(drawings: Iterable[str], count: int) -> list[str]:
    """The drawings with the rarest names of elements, attributes and functions among all."""
    traits = {one: set(re.findall(r"<[a-zA-Z]+|[\w-]+(?=[=(:])", one)) for one in set(drawings)}
    frequency = Counter(trait for found in traits.values() for trait in found)

    def strangeness(drawing: str) -> tuple[float, str]:
        return sum(1 / frequency[trait] for trait in traits[drawing]), drawing

    return sorted(traits, key=strangeness, reverse=True)[:count]
