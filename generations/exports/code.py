"""A drawing as a component: React (JavaScript and TypeScript), Vue, Svelte.

Every copy of a component on a page has ids of its own: browsers ask that of a page, and a gradient
whose namesake stands in something hidden is not painted.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from lxml import etree

from generations.exports import react, templates
from generations.exports.holes import Rename, holed, names_in
from generations.svg.parse import parse
from generations.svg.tables import SVG, TEXT
from generations.svg.text import prepare

XML = "{http://www.w3.org/XML/1998/namespace}"
XLINK = "{http://www.w3.org/1999/xlink}"
_INDENT = "  "


class _Dialect(NamedTuple):
    """How a language of components writes what XML writes otherwise."""

    attribute: Callable[[str, str], str]
    text: Callable[[str], str]
    rest: str  # what the root gets besides, from whoever uses the component


_JSX = _Dialect(react.attribute, react.text, "{...props}")
_TSX = _Dialect(react.typed_attribute, react.text, "{...props}")
_VUE = _Dialect(templates.vue_attribute, templates.vue_text, "")
_SVELTE = _Dialect(templates.svelte_attribute, templates.svelte_text, "{...props}")


class _Drawing:
    """The tree, and the names that every copy has to have for itself."""

    def __init__(self, svg: str):
        self.root = parse(prepare(svg))
        self.rename: Rename | None = names_in(self.root)

    def written(self, dialect: _Dialect, depth: int) -> str:
        return "\n".join(_lines(self, self.root, dialect, depth))


def jsx(svg: str, name: str, size: int) -> bytes:
    drawing = _Drawing(svg)
    imports = 'import { useId } from "react";\n\n' if drawing.rename else ""
    return _react(drawing, _JSX, imports, "props")


def tsx(svg: str, name: str, size: int) -> bytes:
    drawing = _Drawing(svg)
    body = drawing.written(_TSX, 2)
    types = ["CSSProperties", "SVGProps"] if react.CAST in body else ["SVGProps"]
    own = 'import { useId } from "react";\n' if drawing.rename else ""
    imports = f'import type {{ {", ".join(types)} }} from "react";\n{own}\n'
    return _react(drawing, _TSX, imports, "props: SVGProps<SVGSVGElement>")


def _react(drawing: _Drawing, dialect: _Dialect, imports: str, takes: str) -> bytes:
    name = '  const id = useId().replace(/\\W/g, "");\n' if drawing.rename else ""
    opening = f"export default function Drawing({takes}) {{\n{name}  return (\n"
    return f"{imports}{opening}{drawing.written(dialect, 2)}\n  );\n}}\n".encode()


def vue(svg: str, name: str, size: int) -> bytes:
    """Vue gives the root what the component is used with."""
    drawing = _Drawing(svg)
    script = _VUE_SCRIPT if drawing.rename else ""
    return f"{script}<template>\n{drawing.written(_VUE, 1)}\n</template>\n".encode()


def svelte(svg: str, name: str, size: int) -> bytes:
    drawing = _Drawing(svg)
    own = _SVELTE_ID if drawing.rename else ""
    script = f"<script>\n{own}  const props = $props();\n</script>\n\n"
    return f"{script}{drawing.written(_SVELTE, 0)}\n".encode()


_SVELTE_ID = """  const unique = $props.id();
  const id = unique.replace(/\\W/g, "");
"""
_VUE_SCRIPT = """<script setup>
import { useId } from "vue";

const id = useId().replace(/\\W/g, "");
</script>

"""


def _lines(drawing: _Drawing, node: etree._Element, dialect: _Dialect, depth: int) -> Iterator[str]:
    """An element, each child on a line of its own where no text is among them."""
    tag = etree.QName(node).localname
    opening = _INDENT * depth + _opening(drawing, node, dialect)
    if _has_text(node):
        yield f"{opening}>{_inline(drawing, node, dialect)}</{tag}>"
    elif len(node):
        yield f"{opening}>"
        for child in node:
            yield from _lines(drawing, child, dialect, depth + 1)
        yield f"{_INDENT * depth}</{tag}>"
    else:
        yield f"{opening} />"


def _has_text(node: etree._Element) -> bool:
    """Whether blanks between its children would be shown."""
    if etree.QName(node).localname in TEXT and len(node):
        return True
    said = [node.text, *(child.tail for child in node)]
    return any(text and text.strip() for text in said)


def _inline(drawing: _Drawing, node: etree._Element, dialect: _Dialect) -> str:
    """What is inside an element that has text: blanks matter there."""
    parts = [dialect.text(node.text or "")]
    for child in node:
        inner = _inline(drawing, child, dialect)
        tag = etree.QName(child).localname
        parts.append(f"{_opening(drawing, child, dialect)}>{inner}</{tag}>")
        parts.append(dialect.text(child.tail or ""))
    return "".join(parts)


def _opening(drawing: _Drawing, node: etree._Element, dialect: _Dialect) -> str:
    parts = [f"<{etree.QName(node).localname}"]
    is_root = node is drawing.root
    if is_root:
        parts.append(f'xmlns="{SVG}"')
    attributes = {_name(name): str(value) for name, value in node.attrib.items()}
    written = holed(attributes, drawing.rename)
    parts += [dialect.attribute(name, value) for name, value in written.items()]
    return " ".join([*parts, dialect.rest] if is_root and dialect.rest else parts)


def _name(name: str | bytes) -> str:
    return str(name).replace(XML, "xml:").replace(XLINK, "xlink:")
