"""What every page may know about the person who reads it."""

from django.http import HttpRequest

from accounts.emails import verification
from accounts.models import User


def signed_in(request: HttpRequest) -> dict:
    """`me`: the signed-in person or None; `csrf_field`: the value of the form's hidden field;
    `unverified`: what somebody misses who has not proved their e-mail, where they have to."""
    session = getattr(request, "session_of_person", None)
    return {
        "me": session.user if session else None,
        "csrf_field": getattr(request, "csrf_value", ""),
        "unverified": _missed(session.user) if session else None,
    }


def _missed(user: User) -> dict | None:
    if not verification.is_missing(user):
        return None
    return {"credits": user.wallet.is_untouched}
