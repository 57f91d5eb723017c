"""What a sign-up or sign-in must look like: the contract's checks, in its order. Pure functions."""

import re
from collections.abc import Mapping

from chatsvg.errors import Invalid
from chatsvg.text import clean, utf16_length, well_formed

_SPECIAL = r"\s\x00-\x1f\x7f\"(),:;<>@\[\\\]"
_MAILBOX = re.compile(rf"[^{_SPECIAL}]+@[^{_SPECIAL}]+")
EMAIL_MAX, PASSWORD_MIN, PASSWORD_MAX, NAME_MAX = 254, 8, 128, 100
TERMS = "You must accept the Terms of Service and Privacy Policy to create an account"


def _text(data: Mapping[str, object], field: str, label: str) -> str:
    value = data.get(field)
    if value is not None and not isinstance(value, str):
        raise Invalid(f"{label} must be text")
    if not value:
        raise Invalid(f"{label} is required")
    return value


def is_mailbox(address: str) -> bool:
    """Whether this is one address, and nothing that a mail's header takes for more than that."""
    return bool(_MAILBOX.fullmatch(address))


def email(data: Mapping[str, object]) -> str:
    """The address in lower case, without blanks around it."""
    value = clean(_text(data, "email", "Email")).lower()
    if not value:
        raise Invalid("Email is required")
    if utf16_length(value) > EMAIL_MAX:
        raise Invalid(f"Email is too long (max {EMAIL_MAX} characters)")
    if not is_mailbox(value):
        raise Invalid("Invalid email format")
    return value


def password(data: Mapping[str, object]) -> str:
    """The password as it was typed, as far as UTF-8 can say it."""
    value = well_formed(_text(data, "password", "Password"))
    if utf16_length(value) < PASSWORD_MIN:
        raise Invalid(f"Password must be at least {PASSWORD_MIN} characters")
    if utf16_length(value) > PASSWORD_MAX:
        raise Invalid(f"Password is too long (max {PASSWORD_MAX} characters)")
    return value


def name(data: Mapping[str, object]) -> str:
    value = clean(_text(data, "name", "Name"))
    if not value:
        raise Invalid("Name is required")
    if utf16_length(value) > NAME_MAX:
        raise Invalid(f"Name is too long (max {NAME_MAX} characters)")
    return value


def registration(data: Mapping[str, object]) -> dict[str, str]:
    """`email`, `password` and `name` of a sign-up. Raises Invalid with the first fault."""
    valid = {"email": email(data), "password": password(data), "name": name(data)}
    if data.get("agreedToTerms") is not True:
        raise Invalid(TERMS)
    return valid
