"""What pages that a mail leads to have in common."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chatsvg import problems
from chatsvg.caching import PRIVATE
from chatsvg.errors import DomainError

# The address of these pages holds a secret: no other site is told where somebody comes from. Under
# no-referrer browsers would send their forms with `Origin: null`, which the CSRF check refuses.
_REFERRER = "same-origin"


def page(
    request: HttpRequest, template: str, refusal: DomainError | None = None, **context: object
) -> HttpResponse:
    """A page that is not kept anywhere, with why something was refused."""
    told = {"refusal": str(refusal) if refusal else "", **context}
    response = render(request, template, told)
    response["Referrer-Policy"] = _REFERRER
    response["Cache-Control"] = PRIVATE
    return problems.refused(response, refusal) if refusal else response
