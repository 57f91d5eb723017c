"""Ids that are given to several elements in turn, each of which is referred to after it."""

import re
from collections import Counter

_reference = re.compile(r"url\(#([^()]+)\)")


class Called:
    """What ids are called from here on, while a drawing is read from its start to its end.

    A second definition is meant to replace the first where that has been referred to; where it has
    not, nobody can tell, and the first one holds, as in browsers.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.defined: Counter[str] = Counter()
        self.used: set[str] = set()

    def renamed(self, attributes: dict[str, str]) -> dict[str, str]:
        """The attributes of the next element, with the ids that are in force there."""
        for key, value in attributes.items():
            if key in ("href", "xlink:href") and value.startswith("#"):
                attributes[key] = "#" + self._use(value[1:])
            elif "url(#" in value:
                attributes[key] = _reference.sub(self._reference, value)
        if name := attributes.get("id"):
            attributes["id"] = self._define(name)
        return attributes

    def _reference(self, found: re.Match[str]) -> str:
        return f"url(#{self._use(found[1])})"

    def _use(self, name: str) -> str:
        called = self.names.get(name, name)
        if self.defined[name]:
            self.used.add(called)
        return called

    def _define(self, name: str) -> str:
        self.defined[name] += 1
        if self.defined[name] > 1 and self.names.get(name, name) in self.used:
            self.names[name] = f"{name}-{self.defined[name]}"
            return self.names[name]
        return name
