"""The code samples of the guide: files that tests run, shown as they are."""

from functools import cache
from typing import NamedTuple

from django.conf import settings

FOLDER = settings.BASE_DIR / "templates" / "docs" / "samples"
LANGUAGES = {"sh": "curl", "py": "Python", "mjs": "JavaScript"}
CONFIGURATION = "mcp.json"
_PLACE = "CHATSVG_URL"  # in the configuration: there are no variables


class Sample(NamedTuple):
    """`ending` names its language, as in LANGUAGES."""

    name: str
    ending: str
    language: str
    code: str


@cache
def of(topic: str) -> list[Sample]:
    """The same in each language."""
    return [
        Sample(f"{topic}.{ending}", ending, language, read(f"{topic}.{ending}") or "")
        for ending, language in LANGUAGES.items()
    ]


def names() -> set[str]:
    return {file.name for file in FOLDER.iterdir()}


@cache
def read(name: str) -> str | None:
    """A sample's text; None where there is none of that name."""
    if name not in names():
        return None
    text = (FOLDER / name).read_text()
    return text.replace(_PLACE, settings.PUBLIC_URL) if name == CONFIGURATION else text
