"""Telling that a prompt is not in English, which is all that the studio reads."""

_SMALL_WORDS = {
    "German": "ein eine einen einem einer der die das und mit auf unter über neben für ohne ist",
    "French": "un une le la les des du et avec sur sous dans pour sans au aux est",
    "Spanish": "un una el la los las y con sobre en para sin del de es",
    "Italian": "un una il lo la gli le e con sul sulla su nel nella per senza di",
    "Portuguese": "um uma o os as e com sobre em no na para sem do da",
    "Dutch": "een het de en met op onder naast voor zonder van",
    "Polish": "i z na pod w dla bez jest oraz",
    "Turkish": "bir ve ile üzerinde için",
}
_ENGLISH = frozenset("a an the and with on of in for under above is to at by or from".split())
_BORROWED = frozenset("la de en y e i z a die o os as w no do na un des du per es bir om".split())


def foreign(tokens: list[str]) -> str:
    """The language of a prompt that is not in English, or nothing."""
    words = [token for token in tokens if token.isalpha()]
    if any(_is_other_script(word) for word in words):
        return "another language" if not _ENGLISH & set(words) else ""
    counts = {name: _count(words, small) for name, small in _SMALL_WORDS.items()}
    best = max(counts, key=lambda name: counts[name])
    english = sum(word in _ENGLISH for word in words)
    return best if counts[best] > max(english, 0.2 * len(words)) else ""


def _count(words: list[str], small: str) -> float:
    """How many of the language's small words there are; those of two letters count little."""
    listed = frozenset(small.split())
    return sum(0.6 if word in _BORROWED else 1 for word in words if word in listed)


def _is_other_script(word: str) -> bool:
    return any(ord(letter) > 0x24F for letter in word)
