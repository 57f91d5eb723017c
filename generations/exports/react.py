"""How React writes the attributes and the text of a drawing, with and without types."""

import json
import re
from html import escape

from generations.exports.holes import has_hole, is_plain, template
from generations.svg.tables import ATTRIBUTES

CAST = " as CSSProperties}"
_RENAMED = {"class": "className", "for": "htmlFor", "tabindex": "tabIndex"}
_NUMBERS = ("tabIndex",)
# React 19 has no name of its own for these, or its types do not know it: a name with a hyphen is
# taken as it is
_AS_IS = frozenset(name for name in ATTRIBUTES if name.startswith(("font-variant-", "aria-")))
_AS_IS |= frozenset(name for name in ATTRIBUTES if name.startswith("text-decoration-"))
_AS_IS |= frozenset(
    """font-kerning mask-type mix-blend-mode text-orientation text-transform
    text-underline-offset transform-box transform-origin white-space""".split()
)
_UNTYPED = frozenset("isolation marker side".split())
# what the types (@types/react 19.2) allow, where that is not every text
_TYPED = {
    "accumulate": "none sum",
    "additive": "replace sum",
    "alignmentBaseline": """auto baseline before-edge text-before-edge middle central after-edge
    text-after-edge ideographic alphabetic hanging mathematical inherit""",
    "colorInterpolationFilters": "auto sRGB linearRGB inherit",
    "dominantBaseline": """auto use-script no-change reset-size ideographic alphabetic hanging
    mathematical central middle text-after-edge text-before-edge inherit""",
    "fillRule": "nonzero evenodd inherit",
    "strokeLinecap": "butt round square inherit",
    "strokeLinejoin": "miter round bevel inherit",
    "textAnchor": "start middle end inherit",
    "preserveAlpha": "true false",
    "aria-hidden": "true false",
}
_WORDS = {name: frozenset(words.split()) for name, words in _TYPED.items()}


def react_name(name: str) -> str:
    """`stroke-width` is strokeWidth; `aria-…` and `data-…` stay."""
    if name in _AS_IS or name.startswith("data-"):
        return name
    return _RENAMED.get(name) or _camel(name)


def attribute(name: str, value: str) -> str:
    if name == "style":
        return f"style={{{_style(value)}}}"
    return _attribute(react_name(name), value)


def typed_attribute(name: str, value: str) -> str:
    """What the types do not know goes past them."""
    if name == "style":
        return f"style={{{_style(value)}{CAST}"
    written = react_name(name)
    if written in _UNTYPED or value not in _WORDS.get(written, (value,)):
        return f"{{...({{ {written}: {template(value)} }} as object)}}"
    return _attribute(written, value)


def text(said: str) -> str:
    if not said or is_plain(said):
        return said
    return f"{{{json.dumps(said, ensure_ascii=False)}}}"


def _attribute(name: str, value: str) -> str:
    if has_hole(value):
        return f"{name}={{{template(value)}}}"
    if name in _NUMBERS and re.fullmatch("-?[0-9]{1,9}", value):
        return f"{name}={{{int(value)}}}"
    return f'{name}="{_quoted(value)}"'


def _quoted(value: str) -> str:
    """JSX reads the entities of HTML in a value, and no braces."""
    return escape(value).replace("\n", "&#10;").replace("\t", "&#9;")


def _camel(name: str) -> str:
    return re.sub(r"[-:]([a-z])", lambda found: found[1].upper(), name)


def _style(said: str) -> str:
    pairs = [one.split(":", 1) for one in _declarations(said)]
    written = [f"{_style_name(name.strip())}: {template(value.strip())}" for name, value in pairs]
    return f"{{ {', '.join(written)} }}"


def _style_name(name: str) -> str:
    return f'"{name}"' if name.startswith("--") else _camel(name)


def _declarations(said: str) -> list[str]:
    """Those of a style; a semicolon in quotes or brackets ends none."""
    found = re.findall(r"""(?:"[^"]*"|'[^']*'|\([^)]*\)|[^;])+""", said)
    return [one for one in found if ":" in one]
