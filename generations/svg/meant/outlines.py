"""Path data and points as they are meant."""

import re

from generations.svg.meant.numbers import ascii_digits
from generations.svg.words import NUMBER

COUNTS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7, "z": 0}
FEWER = {2: "L", 4: "Q"}  # what a curve becomes whose last points are missing
_space = r"[\s,]*+"
_flags = rf"{_space}{NUMBER}{_space}{NUMBER}{_space}{NUMBER}{_space}[01]{_space}[01]"
_arc = rf"{_flags}{_space}{NUMBER}{_space}{NUMBER}"
_good_arcs = re.compile(rf"(?:{_arc})++{_space}")
_first_arcs = re.compile(rf"{_space}{_arc}(?:{_arc})*+(?![0-9.])")
_good = re.compile(r"[MmLlHhVvCcSsQqTtAaZz0-9eE+\-.,\s]*+", re.ASCII)
_command = re.compile(r"([A-DF-Za-df-z])([^A-DF-Za-df-z]*+)")
_number = re.compile(NUMBER)
_numbers = re.compile(rf"[\s,]*+(?:{NUMBER}[\s,]*+)*+", re.ASCII)
_double_comma = re.compile(r",\s*+,|,\s*+(?:[A-Za-z]|\Z)|[A-Za-z]\s*+,")
_commas = re.compile(r",[\s,]*+")
_loose_comma = re.compile(r",(?=[A-Za-z]|\Z)|(?<=[A-Za-z]),")
_function = re.compile(r"\s*+path\(\s*+[\"']?([^\"')]*+)[\"']?\s*+\)?\s*+;?\s*+")
_comment = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)")
_words = re.compile(
    r"(?<![a-zA-Z])(?:true|false|close|closepath|undefined|null|nan|[a-zA-Z]{2,})", re.IGNORECASE
)
WORDS = {"true": " 1 ", "false": " 0 ", "close": "Z", "closepath": "Z"}


def path(text: str) -> str | None:
    """Path data that every program reads to its end; None where there is nothing in it."""
    if _is_path(text):
        return text
    plain = _plain(text)
    if _number.match(plain.lstrip(" ,")):
        plain = "M" + plain
    steps = [_steps(command, numbers) for command, numbers in _command.findall(plain)]
    written = " ".join(step for step in steps if step)
    if not written:
        return None
    return written if written[0] in "Mm" else "M" + written[1:]


def _is_path(text: str) -> bool:
    if (
        not _good.fullmatch(text)
        or text.lstrip()[:1] not in ("M", "m")
        or _double_comma.search(text)
    ):
        return False
    return all(_is_step(command, numbers) for command, numbers in _command.findall(text))


def _is_step(command: str, numbers: str) -> bool:
    kind = command.lower()
    if kind == "a":
        return bool(_good_arcs.fullmatch(numbers))
    if not _numbers.fullmatch(numbers):
        return False
    count, wanted = len(_number.findall(numbers)), COUNTS[kind]
    return count > 0 and count % wanted == 0 if wanted else count == 0


def _plain(text: str) -> str:
    if found := _function.fullmatch(text):
        text = found[1]
    text = _comment.sub(" ", ascii_digits(text)).replace("…", " ").replace("...", " ")
    text = _loose_comma.sub(" ", _commas.sub(",", text))
    return _words.sub(_of_word, text)


def _of_word(found: re.Match[str]) -> str:
    """What a word stands for; units and other words for nothing, glued commands for themselves."""
    word = found.group()
    if word.lower() in WORDS:
        return WORDS[word.lower()]
    return word if all(letter in "MmLlHhVvCcSsQqTtAaZz" for letter in word) else " "


def _steps(command: str, numbers: str) -> str:
    kind = command.lower()
    if kind == "z" or kind not in COUNTS:
        return command if kind == "z" else ""
    if kind == "a":
        return _arcs(command, numbers)
    found, size = _number.findall(numbers), COUNTS[kind]
    whole = len(found) // size * size
    written = command + " ".join(found[:whole]) if whole else ""
    rest = found[whole:]
    if size > 2 and len(rest) in FEWER and len(rest) < size:
        letter = FEWER[len(rest)]
        written += " " + (letter if command.isupper() else letter.lower()) + " ".join(rest)
    return written.strip()


def _arcs(command: str, numbers: str) -> str:
    """Arcs with flags that are 0 or 1; where the rotation or all flags are missing they are 0."""
    if _good_arcs.fullmatch(numbers):
        return command + numbers.strip()
    if whole := _first_arcs.match(numbers):
        return command + whole.group().strip(" ,")
    found = _number.findall(numbers)
    if len(found) == 6:
        found = [*found[:2], "0", *found[2:]]
    elif len(found) == 4:
        found = [*found[:2], "0", "0", "1", *found[2:]]
    arcs = [found[at : at + 7] for at in range(0, len(found) - 6, 7)]
    return " ".join(
        command + " ".join([*arc[:3], _flag(arc[3]), _flag(arc[4]), *arc[5:]]) for arc in arcs
    )


def _flag(number: str) -> str:
    return "1" if float(number) else "0"


def points(text: str) -> str | None:
    """Points as pairs of numbers, whatever stands between them."""
    if _numbers.fullmatch(text) and ",," not in text:
        return text
    found = _number.findall(re.sub(r"[^\s0-9eE+\-.,]+", " ", ascii_digits(text)))
    return " ".join(found[: len(found) // 2 * 2]) or None
