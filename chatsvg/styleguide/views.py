"""`/styleguide`, in development alone."""

from functools import wraps

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chatsvg.styleguide import tokens

THEMES = ("light", "dark")
PARTS = (
    ("buttons", "Buttons"),
    ("icons", "Icons"),
    ("labels", "Badges and notes"),
    ("fields", "Fields"),
    ("choices", "Choices"),
    ("figures", "Figures and tables"),
    ("overlays", "Menus, dialogs, toasts"),
    ("copying", "Copying"),
    ("waiting", "Waiting"),
    ("nothing", "Nothing there, more of it"),
)


def in_development(view):
    """Missing where DEBUG is off."""

    @never_cache
    @wraps(view)
    def guarded(request):
        if not settings.DEBUG:
            raise Http404
        return view(request)

    return guarded


@require_safe
@in_development
def show(request):
    shown = {
        "themes": THEMES,
        "parts": [(name, title, f"styleguide/_{name}.html") for name, title in PARTS],
        "colours": tokens.colours(),
        "texts": tokens.measures("text"),
        "spaces": tokens.measures("s"),
        "radii": tokens.measures("radius"),
        "shadows": tokens.measures("shadow"),
        "icons": tokens.icons(),
        "options": [("public", "Public"), ("private", "Private")],
        "tabs": [("#choices", "SVG", True), ("#choices", "React", False)],
    }
    return render(request, "styleguide/page.html", shown)


@require_safe
@in_development
def stylesheet(request):
    return HttpResponse(tokens.stylesheet(), content_type="text/css; charset=utf-8")
