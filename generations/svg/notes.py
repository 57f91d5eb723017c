"""What was left out of a drawing, in plain sentences, each once (SVG_SAFETY §1, `.notes`)."""

import re

from generations.svg.tables import MAX_NOTES

_plain = re.compile(r"[A-Za-z][A-Za-z0-9:_-]{0,39}")


class Notes:
    """Collects sentences; names out of the drawing appear only when they are plain words."""

    def __init__(self) -> None:
        self._sentences: dict[str, None] = {}

    def dropped(self, kind: str, name: str) -> None:
        """Note that the element, attribute or other thing called `name` was left out."""
        if len(self._sentences) < MAX_NOTES:
            local = name.rpartition("}")[2][:41]
            shown = local if _plain.fullmatch(local) else "with another name"
            self._sentences[f"{kind} {shown} dropped"] = None

    def say(self, sentence: str) -> None:
        if len(self._sentences) < MAX_NOTES:
            self._sentences[sentence] = None

    def all(self) -> tuple[str, ...]:
        return tuple(self._sentences)
