"""How Vue and Svelte, whose templates are HTML, write the attributes and the text of a drawing."""

import json
import re
from html import escape

from generations.exports.holes import has_hole, is_plain, template

_UNSAFE = {letter: f"\\u{ord(letter):04x}" for letter in "<>&{}"}  # in code amid HTML
_CODE = str.maketrans(_UNSAFE)
_needs_code = re.compile('[<>&{}"\n\t]').search


def vue_attribute(name: str, value: str) -> str:
    if has_hole(value):
        return f':{name}="{escape(template(value))}"'
    return f'{name}="{_quoted(value)}"'


def svelte_attribute(name: str, value: str) -> str:
    """Entities are not read everywhere, so that what would need them is code."""
    if has_hole(value):
        return f"{name}={{{template(value)}}}"
    return f"{name}={{{_code(value)}}}" if _needs_code(value) else f'{name}="{value}"'


def vue_text(said: str) -> str:
    """As code: what is written plainly loses blanks, and braces begin an expression."""
    return said if not said or is_plain(said) else f"{{{{ {_code(said)} }}}}"


def svelte_text(said: str) -> str:
    return said if not said or is_plain(said) else f"{{{_code(said)}}}"


def _code(said: str) -> str:
    return json.dumps(said, ensure_ascii=False).translate(_CODE)


def _quoted(value: str) -> str:
    return escape(value).replace("\n", "&#10;").replace("\t", "&#9;")
