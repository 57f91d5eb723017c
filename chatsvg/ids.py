"""Ids as they come in: anything that is no UUID names nothing."""

from uuid import UUID


def parse_id(text: str) -> UUID | None:
    """The UUID written in `text` with hyphens, or None. Only that spelling names a row."""
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text.lower() else None
