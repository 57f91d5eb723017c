"""What happens to a drawing as a whole on its way into an answer."""

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote

REACT = {"xlink:href": "xlinkHref", "class": "className"}


def _react(drawing: str) -> str:
    """Attributes as React spells them, numbers in braces."""
    spelled = re.sub(
        r" ([a-z]+(?:[-:][a-z]+)+|class)=(?=[\"'])",
        lambda found: " " + REACT.get(found[1], _camel(found[1])) + "=",
        drawing,
    )
    return re.sub(r' (x|y|r|rx|ry|cx|cy|width|height)="([0-9.]+)"', r" \1={\2}", spelled)


def _camel(name: str) -> str:
    head, *tail = re.split("[-:]", name)
    return head + "".join(word.capitalize() for word in tail)


def _numbered(form: str) -> Callable[[str], str]:
    def number(drawing: str) -> str:
        lines = enumerate(drawing.splitlines(), 1)
        return "\n".join(form.format(at, line) for at, line in lines)

    return number


def _wrapped(drawing: str) -> str:
    """Every attribute on a line of its own, and path data broken after each command."""
    drawing = re.sub(r" ([a-zA-Z:-]+=\")", r"\n    \1", drawing)
    return re.sub(r" d=\"[^\"]*", _broken, drawing)


def _broken(path: re.Match[str]) -> str:
    return re.sub(r"(?<=[0-9])([A-Zac-y])(?=[0-9.-])", r"\n      \1", path[0])


def _one_line(drawing: str) -> str:
    return re.sub(r"\n\s*", "", drawing)


def _prefixed(prefix: str) -> Callable[[str], str]:
    return lambda drawing: re.sub(r"(</?)(?=[a-zA-Z])", rf"\1{prefix}:", drawing)


def _wide(drawing: str) -> str:
    """ASCII signs as an input method for Chinese and Japanese writes them."""
    return drawing.translate({ord(sign): ord(sign) + 0xFEE0 for sign in '<>/="#'})


FILTERS: dict[str, Callable[[str], str]] = {
    "line": _one_line,
    "wrapped": _wrapped,
    "upper_names": lambda text: re.sub(r"</?[a-zA-Z]+", lambda found: found[0].upper(), text),
    "title_names": lambda text: re.sub(
        r"(</?)([a-z])", lambda found: found[1] + found[2].upper(), text
    ),
    "upper_attributes": lambda text: re.sub(
        r" [a-zA-Z:-]+(?==\")", lambda found: found[0].upper(), text
    ),
    "lower_names": lambda text: re.sub(
        r"</?[a-zA-Z]+| [a-zA-Z:-]+(?==\")", lambda found: found[0].lower(), text
    ),
    "json": lambda text: json.dumps(text)[1:-1],
    "json_html": lambda text: (
        json.dumps(text)[1:-1].replace("<", "\\u003c").replace(">", "\\u003e")
    ),
    "json_slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "quotes": lambda text: text.replace('"', '\\"'),
    "newlines": lambda text: text.replace("\n", "\\n"),
    "single": lambda text: text.replace('"', "'"),
    "html": lambda text: html.escape(text),
    "html_tags": lambda text: text.replace("<", "&lt;").replace(">", "&gt;"),
    "html_numbers": lambda text: text.replace("<", "&#60;").replace(">", "&#62;"),
    "html_hex": lambda text: text.replace("<", "&#x3C;").replace(">", "&#x3E;"),
    "opening_only": lambda text: text.replace("<", "&lt;"),
    "percent": lambda text: quote(text),
    "percent_all": lambda text: quote(text, safe=""),
    "percent_few": lambda text: text.replace("%", "%25").replace("#", "%23"),
    "percent_tags": lambda text: (
        text.replace("%", "%25").replace("#", "%23").replace("<", "%3C").replace(">", "%3E")
    ),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64_lines": lambda text: base64.encodebytes(text.encode()).decode().strip(),
    "base64_bare": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64_url": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "markdown": lambda text: re.sub(r"([<>#*_\[\]])", r"\\\1", text),
    "markdown_tags": lambda text: text.replace("<", "\\<").replace(">", "\\>"),
    "react": _react,
    "numbers_bar": _numbered("{:>3} | {}"),
    "numbers_colon": _numbered("{}: {}"),
    "numbers_tab": _numbered("{:>6}\t{}"),
    "numbers_dot": _numbered("{}. {}"),
    "numbers_bare": _numbered("{:>4}  {}"),
    "quoted": _numbered("> {1}"),
    "plus": _numbered("+{1}"),
    "plus_space": _numbered("+ {1}"),
    "starred": _numbered(" * {1}"),
    "commented": _numbered("// {1}"),
    "double_lines": _numbered('"{1}\\n"'),
    "prefix_svg": _prefixed("svg"),
    "prefix_ns0": _prefixed("ns0"),
    "prefix_s": _prefixed("s"),
    "wide": _wide,
    "curly": lambda text: re.sub(r'"([^"]*)"', "“\\1”", text),
    "curly_single": lambda text: re.sub(r'"([^"]*)"', "‘\\1’", text),
    "unquoted": lambda text: re.sub(r'="([^"\s=]*)"', r"=\1", text),
    "mixed": lambda text: re.sub(r'="([^"]*)"', "='\\1'", text, count=12),
    "unclosed": lambda text: text.replace("/>", ">"),
    "long": lambda text: re.sub(r"<(\w+)([^<>]*)/>", r"<\1\2></\1>", text),
}
