"""What all grammars are made of: numbers, words, and calls of allowed functions."""

import re

from generations.svg.tables import MAX_NUMBER, MAX_VALUE

NUMBER = r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]{1,3})?"
UNIT = r"(?:px|em|ex|ch|rem|pt|pc|mm|cm|in|q|%|deg|rad|grad|turn)?"
FUNCTIONS = frozenset(
    """rgb rgba hsl hsla hwb lab lch oklab oklch color calc min max clamp
    matrix translate translatex translatey scale scalex scaley rotate skew skewx skewy
    circle ellipse inset polygon
    blur brightness contrast grayscale hue-rotate invert opacity saturate sepia
    drop-shadow""".split()
)
CALCULATIONS = frozenset("calc min max clamp".split())
NUMBERS = re.compile(NUMBER)
# A number that might be too large: an exponent that grows it, or eight digits before the point.
_large = re.compile(r"[0-9.][eE]\+?[0-9]|(?<![0-9.])[0-9]{8}")
NOT_FINITE = re.compile(r"\b(?:nan|infinity)\b", re.IGNORECASE | re.ASCII)
_words = re.compile(r"[\w\s#.,%+\-/*()]*+", re.ASCII)
# From the start of the name, so that it is linear.
FUNCTION_NAMES = re.compile(r"(?<![\w-])([\w-]*+)\(", re.ASCII)
_keyword = re.compile(r"[a-zA-Z][a-zA-Z0-9\- ]{0,80}")
_word = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]{0,60}")
_name = re.compile(r"[\w.\-]{1,100}")
_family = re.compile(r"[\w .+\-]{1,100}")
_plain_family = re.compile(r"-?[a-zA-Z][\w-]*+(?: [a-zA-Z][\w-]*+)*+", re.ASCII)
DISPLAYS = frozenset(("none", "inline", "block", "inherit", "initial"))


def collapse(value: str) -> str:
    return " ".join(value.split())


def too_large(value: str) -> bool:
    """Whether some number in `value` is beyond what any drawing needs (or infinite)."""
    if not _large.search(value):
        return False
    return any(abs(float(number)) > MAX_NUMBER for number in NUMBERS.findall(value))


def calculation(value: str) -> str | None:
    """One calc() and the like, for lengths that need it."""
    return words_value(value, CALCULATIONS) if "(" in value else None


def _allowed_functions(value: str, allowed: frozenset[str]) -> bool:
    """Whether parentheses pair up, shallowly, and open only functions of `allowed`."""
    depth = 0
    for character in value:
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        if not 0 <= depth <= 4:
            return False
    return depth == 0 and all(name.lower() in allowed for name in FUNCTION_NAMES.findall(value))


def words_value(value: str, allowed: frozenset[str] = FUNCTIONS) -> str | None:
    """Numbers, keywords, colours and calls of allowed functions; never a string or a URL."""
    value = collapse(value)
    if not value or len(value) > MAX_VALUE or not _words.fullmatch(value):
        return None
    if "//" in value or "/*" in value or too_large(value):
        return None
    if "(" in value or ")" in value:
        return value if _allowed_functions(value, allowed) else None
    return value


def keyword_value(value: str) -> str | None:
    value = collapse(value)
    return value if _keyword.fullmatch(value) else None


def word_value(value: str) -> str | None:
    value = value.strip()
    return value if _word.fullmatch(value) else None


def name_value(value: str) -> str | None:
    """A filter result; names with spaces, which some programs write, are joined."""
    value = "_".join(value.split())
    return value if _name.fullmatch(value) else None


def family_value(value: str) -> str | None:
    """Font names, each quoted anew unless it is a plain identifier; odd ones are left out."""
    if len(value) > MAX_VALUE:
        return None
    names = []
    for name in value.split(","):
        name = collapse(name)
        if len(name) >= 2 and name[0] == name[-1] and name[0] in "'\"":
            name = collapse(name[1:-1])
        if _family.fullmatch(name):
            names.append(name if _plain_family.fullmatch(name) else f"'{name}'")
    return ",".join(names) or None


def display_value(value: str) -> str | None:
    value = value.strip().lower()
    return value if value in DISPLAYS else None
