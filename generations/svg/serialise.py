"""The new tree as text: one namespace declaration, no prefix, double quotes (§2.9)."""

from generations.svg.node import Node
from generations.svg.tables import SVG

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_VALUE = _TEXT | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


def serialise(root: Node) -> str:
    """The drawing as well-formed XML without a declaration."""
    parts: list[str] = []
    stack: list[Node | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        parts.append(_opening(node, node is root))
        tail = node.tail and node.tail.translate(_TEXT)
        if node.children or node.text:
            parts.append(">" + node.text.translate(_TEXT))
            stack.append(f"</{node.tag}>{tail}")
            stack += node.children[::-1]
        else:
            parts.append("/>" + tail)
    return "".join(parts)


def _opening(node: Node, is_root: bool) -> str:
    parts = [f'<{node.tag} xmlns="{SVG}"' if is_root else f"<{node.tag}"]
    for name, value in node.attributes.items():
        if "&" in value or "<" in value or ">" in value or '"' in value:
            value = value.translate(_VALUE)
        parts.append(f'{name}="{value}"')
    if node.style:
        declarations = ";".join([f"{name}:{value}" for name, value in node.style.items()])
        parts.append(f'style="{declarations.translate(_VALUE)}"')
    return " ".join(parts)
