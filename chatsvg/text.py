"""Text from people, measured and cleaned as the contract does; and times, written as it does."""

from datetime import UTC, datetime

_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\ufeff"
"""What Python or JavaScript trims: the latter a byte order mark too."""


def storable(value: str) -> str:
    """Without NUL characters and lone surrogates: PostgreSQL stores neither."""
    paired = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return paired.replace("\0", "")


def clean(value: str) -> str:
    """Storable and trimmed."""
    return storable(value).strip(_BLANKS)


def well_formed(value: str) -> str:
    """With U+FFFD for each lone surrogate, as browsers send it: what UTF-8 can say."""
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def utf16_length(value: str) -> int:
    """Length in UTF-16 code units, which is what JavaScript counts."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


def timestamp(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with exactly three fractional digits (CONTRACT §1.6)."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
