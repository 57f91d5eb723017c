"""The grammar of every value: text in, its canonical form out, or None when it is not allowed.

Pure functions over single strings; all patterns are linear in time (possessive quantifiers
where repetition meets repetition). What a browser would ignore as invalid may be dropped,
what a browser would draw is kept, and nothing that loads, names a scheme or escapes passes.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from generations.svg import labels, lengths, moments, outlines, paints, words
from generations.svg.tables import MAX_BLUR, MAX_RADIUS

# Words that load or run something in some language, and never draw anything.
_active = re.compile(
    r"\b(?:url|src|expression|javascript|image-set)\b(?!\(#cs_)", re.IGNORECASE | re.ASCII
)


def _remembered(check: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """`check`, remembering its answers for short values, which recur in every drawing."""

    def finite(value: str) -> str | None:
        clean = None if words.NOT_FINITE.search(value) else check(value)
        return None if clean and _active.search(clean) else clean

    remember = lru_cache(maxsize=4096)(finite)

    def checked(value: str) -> str | None:
        return remember(value) if len(value) <= 80 else finite(value)

    return checked


GRAMMARS: dict[str, Callable[[str], str | None]] = {
    "number": _remembered(lengths.number_value),
    "length": _remembered(lengths.length_value),
    "lengths": _remembered(lengths.lengths_value),
    "numbers": _remembered(lengths.numbers_value),
    "words": _remembered(words.words_value),
    "word": _remembered(words.word_value),
    "keyword": _remembered(words.keyword_value),
    "name": _remembered(words.name_value),
    "transform": _remembered(lengths.transform_value),
    "path": outlines.path_value,
    "css length": _remembered(lengths.css_length_value),
    "css path": outlines.css_path_value,
    "path length": _remembered(lengths.path_length_value),
    "points": outlines.points_value,
    "paint": _remembered(paints.paint_value),
    "colour": _remembered(paints.colour_value),
    "reference": _remembered(paints.reference_value),
    "clip": _remembered(outlines.clip_value),
    "filter": _remembered(paints.filter_value),
    "dashes": _remembered(lengths.dashes_value),
    "family": _remembered(words.family_value),
    "display": _remembered(words.display_value),
    "blur": _remembered(lengths.clamped(MAX_BLUR)),
    "radius": _remembered(lengths.clamped(MAX_RADIUS)),
    "octaves": _remembered(lengths.octaves_value),
    "order": _remembered(lengths.order_value),
    "animated": _remembered(moments.animated_value),
    "target": _remembered(moments.target_value),
    "times": _remembered(moments.times_value),
    "clock": _remembered(moments.clock_value),
    "id": labels.prefixed,
    "href": labels.fragment,
    "role": labels.role_value,
    "prose": labels.prose_value,
    "ids": labels.ids_value,
    "languages": _remembered(labels.languages_value),
    "extensions": labels.extensions_value,
}
