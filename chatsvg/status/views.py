"""`/status`. It answers whatever is away."""

from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from chatsvg.status import snapshot


@require_safe
def page(request):
    """503 where the database is away, but not to the page that renews itself: it shows that."""
    seen = snapshot.now()
    if seen.is_database_away:
        request.session_of_person = None  # nobody can be asked who that is
    template = "status/_status.html" if request.htmx else "status/status.html"
    is_503 = seen.is_database_away and not request.htmx
    response = render(request, template, {"status": seen}, status=503 if is_503 else 200)
    if is_503:
        response["Retry-After"] = "30"
    patch_vary_headers(response, ["HX-Request"])
    return response


page.stands_alone = True  # type: ignore[attr-defined]  # PostgreSQL may be away
