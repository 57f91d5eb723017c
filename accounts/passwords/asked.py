"""What a request about a password must look like, and what is answered: the contract's words."""

from collections.abc import Mapping

from django.http import HttpRequest

from accounts import client, validation
from chatsvg import ratelimits
from chatsvg.errors import Invalid
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.places import place
from chatsvg.text import well_formed

FORGOT = "If that email is registered, a reset link has been sent."
RESET = "Password has been reset successfully. Please log in again."
CHANGED = "Your password was changed. Your other devices were signed out."
DIFFERENT = "The two passwords are not the same."


def limit(request: HttpRequest) -> None:
    """Count one more request about a forgotten password. Raises TooMany."""
    ratelimits.take(rules.FORGOT, place(client.address(request)))


def reset(data: Mapping[str, object]) -> tuple[str, str]:
    """The link's token and the new password. Raises Invalid."""
    token, new = data.get("token"), data.get("newPassword")
    if not (isinstance(token, str) and token and isinstance(new, str) and new):
        raise Invalid("Missing required fields")
    return token, validation.password({"password": new})


def change(data: Mapping[str, object]) -> dict[str, str]:
    """`current` and `new`. Raises Invalid."""
    current = data.get("currentPassword")
    if not isinstance(current, str) or not current:
        raise Invalid("Current password is required")
    new = validation.password({"password": data.get("newPassword")})
    return {"current": well_formed(current), "new": new}
