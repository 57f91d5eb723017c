"""The code samples of the guide: files that tests run, shown as they are.

A reader who has made a key sees them with that key and our address in place of the variables.
"""

import re
from functools import cache
from typing import NamedTuple

from django.conf import settings

FOLDER = settings.BASE_DIR / "templates" / "docs" / "samples"
LANGUAGES = {"sh": "curl", "py": "Python", "mjs": "JavaScript"}
CONFIGURATIONS = ("mcp.json", "vscode.json")
_PLACE, _KEY = "CHATSVG_URL", "CHATSVG_API_KEY"  # variables of the environment
_UNPACKED = re.compile(r"const \{ ([^}]+) \} = process\.env;")


class Sample(NamedTuple):
    """`ending` names its language, as in LANGUAGES."""

    name: str
    ending: str
    language: str
    code: str

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@cache
def of(topic: str) -> list[Sample]:
    """The same in each language."""
    return [
        Sample(f"{topic}.{ending}", ending, language, read(f"{topic}.{ending}") or "")
        for ending, language in LANGUAGES.items()
    ]


def with_key(topic: str, key: str) -> list[Sample]:
    """The same, ready to be run as they are."""
    values = {_PLACE: settings.PUBLIC_URL, _KEY: key}
    return [one._replace(code=_FILL[one.ending](one.code, values)) for one in of(topic)]


def names() -> set[str]:
    return {file.name for file in FOLDER.iterdir()}


@cache
def read(name: str) -> str | None:
    """A sample's text; None where there is none of that name."""
    if name not in names():
        return None
    text = (FOLDER / name).read_text()
    return text.replace(_PLACE, settings.PUBLIC_URL) if name in CONFIGURATIONS else text


def _fill_shell(code: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        code = code.replace(f"${name}", value)
    return code


def _fill_python(code: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        looked_up = f'os.environ["{name}"]'
        code = code.replace(f'{looked_up} + "', f'"{value}').replace(looked_up, f'"{value}"')
    return code if "os." in code else code.replace("import os\n", "", 1).lstrip("\n")


def _fill_javascript(code: str, values: dict[str, str]) -> str:
    def written(found: re.Match[str]) -> str:
        names = found[1].split(", ")
        lines = [f'const {name} = "{values[name]}";' for name in names if name in values]
        rest = ", ".join(name for name in names if name not in values)
        return "\n".join(lines + ([f"const {{ {rest} }} = process.env;"] if rest else []))

    return _UNPACKED.sub(written, code)


_FILL = {"sh": _fill_shell, "py": _fill_python, "mjs": _fill_javascript}
