"""What is asked of an account, read from a form or from JSON. Raises Invalid."""

from collections.abc import Mapping

from chatsvg.errors import Invalid
from chatsvg.text import well_formed


def deletion(data: Mapping[str, object]) -> dict[str, str]:
    """`password` and `email`, as far as they were sent: which is needed the service knows."""
    return {field: _text(data.get(field)) for field in ("password", "email")}


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid("password and email must be text")
    return well_formed(value)
