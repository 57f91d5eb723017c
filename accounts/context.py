"""What every page may know about the person who reads it."""

from django.http import HttpRequest


def signed_in(request: HttpRequest) -> dict:
    """`me`: the signed-in person or None; `csrf_field`: the value of the form's hidden field."""
    session = getattr(request, "session_of_person", None)
    return {
        "me": session.user if session else None,
        "csrf_field": getattr(request, "csrf_value", ""),
    }
