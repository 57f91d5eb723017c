"""Where in the answer an element of its drawing stands."""

import re
from functools import lru_cache

from generations.svg.node import Node
from generations.svg.read import Reading

SNIPPET = 120

_wide = re.compile(r"\s+")


class Places:
    """Finds elements and offsets of the text in which the drawing was found.

    The third rect of the drawing is the third in the answer, where both have as many; where
    they have not, something was left out and nobody can tell.
    """

    def __init__(self, answer: str, extracted: str) -> None:
        self.answer = answer
        self.start = max(answer.find(extracted), 0) if extracted else 0
        is_verbatim = bool(extracted) and answer.startswith(extracted, self.start)
        self.end = self.start + len(extracted) if is_verbatim else len(answer)
        self.is_verbatim = is_verbatim
        self._found: dict[str, list[int]] = {}

    def of(self, node: Node, drawing: Reading) -> int | None:
        """Where the tag of `node` begins in the answer, None where that is not known."""
        peers = [one for one in drawing.nodes if one.tag == node.tag]
        found = self._tags(node.tag)
        if len(found) != len(peers):
            return None
        return next(at for one, at in zip(peers, found, strict=True) if one is node)

    def _tags(self, name: str) -> list[int]:
        if name not in self._found:
            marks = _tag(name).finditer(self.answer, self.start, self.end)
            self._found[name] = [mark.start() for mark in marks if mark["tag"]]
        return self._found[name]

    def position(self, at: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = self.answer.count("\n", 0, at) + 1
        return line, at - self.answer.rfind("\n", 0, at)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column of the drawing, as it was found in the answer."""
        at = self.start
        for _ in range(line - 1):
            at = self.answer.find("\n", at, self.end) + 1
            if not at:
                return self.end
        return min(at + column - 1, self.end)

    def snippet(self, at: int) -> str:
        """The tag that begins at an offset, or as much of the text as helps to find it."""
        end = self.answer.find(">", at, at + SNIPPET)
        return plain(self.answer[at : end + 1 if end >= 0 else at + SNIPPET])

    def around(self, at: int) -> str:
        """The text before and after an offset."""
        return plain(self.answer[max(at - SNIPPET // 2, 0) : at + SNIPPET // 2])


def plain(text: str) -> str:
    """At most so many characters, in one line, that every encoding can hold."""
    text = _wide.sub(" ", text[: 2 * SNIPPET]).strip()[:SNIPPET]
    return text.encode("utf-8", "ignore").decode()


@lru_cache(maxsize=64)
def _tag(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|(?P<tag><(?:\w{{1,20}}:)?{name}(?=[\s/>\\]))",
        re.IGNORECASE | re.DOTALL,
    )
