"""What every page may know about itself."""

from django.conf import settings
from django.http import HttpRequest

from chatsvg import toasts


def page(request: HttpRequest) -> dict:
    """`canonical`: the address to link to; `site`: our origin; `toast`: what there is to say."""
    return {
        "canonical": settings.PUBLIC_URL + request.path,
        "site": settings.PUBLIC_URL,
        "toast": toasts.left(request),
    }
