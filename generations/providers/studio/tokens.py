"""Cutting a prompt into words, marks of punctuation and emoji."""

import re

_EMOJI = "[\U0001f000-\U0001faff☀-➿⬀-⯿⌀-⏿]"
_TOKEN = re.compile(
    rf"#[0-9a-f]{{6}}\b|#[0-9a-f]{{3}}\b"
    rf"|{_EMOJI}️?(?:[\U0001f3fb-\U0001f3ff]|\u200d{_EMOJI}️?)*"
    r"|[^\W_]+(?:['-][^\W_]+)*"
    r"|[,;:.!?\n]"
)
_LETTERING = (
    re.compile(r"[\"“”«»]([^\"“”«»]{1,60})[\"“”«»]"),
    re.compile(
        r"\b(?:called|named|titled|entitled|saying|(?:that|which) says"
        r"|with the (?:text|words?|letters|name|title|slogan|caption)|with text)\s+([^,.;!?\n]+)",
        re.IGNORECASE,
    ),
)
LISTED, ENDED = ",", "."


def split(prompt: str) -> list[str]:
    """The tokens of a prompt in small letters; a comma and a full stop stand for all marks."""
    plain = prompt.lower().replace("’", "'").replace("_", " ")
    return [_token(text) for text in _TOKEN.findall(plain)]


def _token(text: str) -> str:
    if text in ".!?\n":
        return ENDED
    if text in ",;:":
        return LISTED
    if text[0] == "#" and len(text) == 4:
        return "#" + "".join(2 * digit for digit in text[1:])
    return text.removesuffix("'s").replace("'", "")


def is_mark(token: str) -> bool:
    return token in (LISTED, ENDED)


def is_emoji(token: str) -> bool:
    return bool(re.match(_EMOJI, token))


def lettering(prompt: str) -> tuple[str, list[str]]:
    """The prompt without words that are to be written in the drawing, and those words."""
    found: list[str] = []
    for pattern in _LETTERING:
        found += [match.strip() for match in pattern.findall(prompt) if match.strip()]
        prompt = pattern.sub(" ", prompt)
    return prompt, found
