"""Who may see a page."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]


def signed_in(back: str) -> Callable[[View], View]:
    """For people who are signed in; others are asked to, and come to `back` then. Never cached."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect(f"/signin?next={back}")
            return view(request, *args, **kwargs)

        return never_cache(guarded)

    return guard
