"""What a drawing says of itself to those who do not see it: its title and description."""

import re

from generations.svg.node import Node
from generations.svg.tables import TITLES
from generations.svg.text import FORBIDDEN

TITLE, ASKED = 100, 300  # characters at most
UNTITLED = "Drawing"
OVERRULING = ("aria-hidden", "aria-label", "aria-labelledby", "aria-describedby")

_quotes = str.maketrans("“”", "‘’")
_style = re.compile(r"[^a-z0-9-]")
# What an earlier finish wrote, which this one writes anew.
_said = re.compile(r"“[^“”]*+” in the [a-z0-9-]*+ style\.(?: |\Z)")


def describe(root: Node, prompt: str, style: str) -> None:
    """Name the drawing after its prompt; what it says of itself already (credits) comes after."""
    asked = plain(prompt)
    own = " ".join(child.text for child in root.children if child.tag == "desc").strip()
    told = f"“{cut(asked, ASKED).translate(_quotes)}” in the {_style.sub('', style.lower())} style."
    title = Node("title", {}, text=cut(asked, TITLE) or UNTITLED)
    desc = Node("desc", {}, text=f"{told} {_said.sub('', own, count=1)}".strip())
    root.children = [title, desc, *(one for one in root.children if one.tag not in TITLES)]
    for name in OVERRULING:
        root.attributes.pop(name, None)
    root.attributes["role"] = "img"


def plain(text: str) -> str:
    """Text in one line, without what XML does not allow."""
    text = FORBIDDEN.sub(" ", text.encode("utf-8", "ignore").decode())
    return " ".join(text.split())


def cut(text: str, most: int) -> str:
    """At most so many characters, up to the end of a word."""
    if len(text) <= most:
        return text
    head, space, _ = text[:most].rpartition(" ")
    return (head if space and len(head) > most // 2 else text[: most - 1]).rstrip(" ,;:.-") + "…"
