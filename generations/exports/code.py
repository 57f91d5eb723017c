"""A drawing as a component: React (JavaScript and TypeScript), Vue, Svelte.

Ids stay as they are: they are the drawing's own, and the same in every format.
"""

import json
import re
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from lxml import etree

from generations.svg.parse import parse
from generations.svg.tables import SVG
from generations.svg.text import prepare

XML = "{http://www.w3.org/XML/1998/namespace}"
XLINK = "{http://www.w3.org/1999/xlink}"
_RENAMED = {"class": "className", "for": "htmlFor", "tabindex": "tabIndex"}
_INDENT = "  "


class _Dialect(NamedTuple):
    """How a language of components writes what XML writes otherwise."""

    attribute: Callable[[str, str], str]
    text: Callable[[str], str]
    rest: str  # what the root gets besides, from whoever uses the component


def jsx(svg: str, name: str, size: int) -> bytes:
    return _react(svg, "export default function Drawing(props) {")


def tsx(svg: str, name: str, size: int) -> bytes:
    return _react(
        svg,
        'import type { SVGProps } from "react";\n\n'
        "export default function Drawing(props: SVGProps<SVGSVGElement>) {",
    )


def vue(svg: str, name: str, size: int) -> bytes:
    """Vue gives the root what the component is used with."""
    return f"<template>\n{_written(svg, _VUE, 1)}\n</template>\n".encode()


def svelte(svg: str, name: str, size: int) -> bytes:
    return f"{_written(svg, _SVELTE, 0)}\n".encode()


def _react(svg: str, opening: str) -> bytes:
    return f"{opening}\n  return (\n{_written(svg, _REACT, 2)}\n  );\n}}\n".encode()


def _written(svg: str, dialect: _Dialect, depth: int) -> str:
    root = parse(prepare(svg))
    return "\n".join(_lines(root, dialect, depth, is_root=True))


def _lines(node: etree._Element, dialect: _Dialect, depth: int, *, is_root: bool = False):
    """An element, each child on a line of its own where no text is among them."""
    tag = etree.QName(node).localname
    opening = _INDENT * depth + "<" + " ".join([tag, *_attributes(node, dialect, is_root)])
    if _has_text(node):
        yield f"{opening}>{_inline(node, dialect)}</{tag}>"
    elif len(node):
        yield f"{opening}>"
        for child in node:
            yield from _lines(child, dialect, depth + 1)
        yield f"{_INDENT * depth}</{tag}>"
    else:
        yield f"{opening} />"


def _has_text(node: etree._Element) -> bool:
    said = [node.text, *(child.tail for child in node)]
    return any(text and text.strip() for text in said)


def _inline(node: etree._Element, dialect: _Dialect) -> str:
    """What is inside an element that has text: blanks matter there."""
    parts = [dialect.text(node.text or "")]
    for child in node:
        tag = etree.QName(child).localname
        opening = " ".join([tag, *_attributes(child, dialect, False)])
        parts.append(f"<{opening}>{_inline(child, dialect)}</{tag}>")
        parts.append(dialect.text(child.tail or ""))
    return "".join(parts)


def _attributes(node: etree._Element, dialect: _Dialect, is_root: bool) -> list[str]:
    found = [f'xmlns="{SVG}"'] if is_root else []
    found += [dialect.attribute(_name(name), value) for name, value in node.attrib.items()]
    return found + ([dialect.rest] if is_root and dialect.rest else [])


def _name(name: str) -> str:
    return str(name).replace(XML, "xml:").replace(XLINK, "xlink:")


# --- React ---


def _react_attribute(name: str, value: str) -> str:
    if name == "style":
        return f"style={{{_react_style(value)}}}"
    return f'{react_name(name)}="{_quoted(value)}"'


def react_name(name: str) -> str:
    """`stroke-width` is strokeWidth; `aria-…` and `data-…` stay."""
    if name.startswith(("aria-", "data-")):
        return name
    return _RENAMED.get(name) or _camel(name)


def _camel(name: str) -> str:
    return re.sub(r"[-:]([a-z])", lambda found: found[1].upper(), name)


def _react_style(text: str) -> str:
    pairs = [one.split(":", 1) for one in _declarations(text)]
    named = {_style_name(name.strip()): value.strip() for name, value in pairs}
    return json.dumps(named, ensure_ascii=False)


def _style_name(name: str) -> str:
    return name if name.startswith("--") else _camel(name)


def _declarations(text: str) -> list[str]:
    """Those of a style; a semicolon in quotes or brackets ends none."""
    found = re.findall(r"""(?:"[^"]*"|'[^']*'|\([^)]*\)|[^;])+""", text)
    return [one for one in found if ":" in one]


def _react_text(text: str) -> str:
    return f"{{{json.dumps(text, ensure_ascii=False)}}}" if text else ""


# --- Vue and Svelte, whose templates are HTML ---


def _html_attribute(name: str, value: str) -> str:
    return f'{name}="{_quoted(value)}"'


def _html_text(text: str) -> str:
    return _braced(escape(text, quote=False))


def _quoted(value: str) -> str:
    return _braced(escape(value)).replace("\n", "&#10;").replace("\t", "&#9;")


def _braced(text: str) -> str:
    """Braces begin an expression in all of them."""
    return text.replace("{", "&#123;").replace("}", "&#125;")


_REACT = _Dialect(_react_attribute, _react_text, "{...props}")
_VUE = _Dialect(_html_attribute, _html_text, "")
_SVELTE = _Dialect(_html_attribute, _html_text, "{...$$props}")
