"""What programs may ask for: bodies, queries and headers."""

import re
from collections.abc import Mapping

from chatsvg.errors import Invalid
from chatsvg.text import clean
from generations import recipe, services
from generations.choices import AT_ONCE_MOST, DEFAULT_STYLE
from generations.recipe import Recipe

LONGEST_WAIT = 60  # seconds
_WAIT = re.compile(r'wait\s*=\s*"?(\d{1,9})"?', re.IGNORECASE | re.ASCII)


def drawing(data: Mapping[str, object], *, is_test: bool) -> Recipe:
    """The recipe in a body, with the defaults of this face. Drawings are private unless `privacy`
    is false: programs have no gallery in mind; those of tests always are."""
    privacy = True if is_test or data.get("privacy") is None else data["privacy"]
    style = data.get("style") or DEFAULT_STYLE
    return services.read_recipe({**data, "style": style, "privacy": privacy})


def count(data: Mapping[str, object]) -> int:
    """How many drawings, by `n`."""
    value = data.get("n")
    if value is None:
        return 1
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= AT_ONCE_MOST:
        raise Invalid(f"n must be a whole number from 1 to {AT_ONCE_MOST}")
    return value


def repeat_key(data: Mapping[str, object], header: str | None) -> str | None:
    """The idempotency key of the body or of the header, if there is one: never two of them."""
    value = data.get("idempotencyKey")
    if value is not None and not isinstance(value, str):
        raise Invalid("idempotencyKey must be text")
    key = recipe.key(value) if clean(value or "") else None
    if key and header and key != header:
        raise Invalid("The Idempotency-Key header and idempotencyKey in the body differ")
    return header or key


def wait(header: str | None) -> int:
    """Seconds that a program likes to wait, by `Prefer: wait=n` (RFC 7240 §4.3); 0 for not at all.

    Of several the first counts; what is no number is nobody's wish.
    """
    for preference in (header or "").split(","):
        named = preference.partition(";")[0].strip()
        if re.match(r"wait\b", named, re.IGNORECASE):
            found = _WAIT.fullmatch(named)
            return min(int(found[1]), LONGEST_WAIT) if found else 0
    return 0
