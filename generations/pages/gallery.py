"""`/gallery`: what everybody drew for everybody."""

from urllib.parse import urlencode

from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from chatsvg import problems
from chatsvg.errors import DomainError
from generations import providers, tiles
from generations.choices import STYLES
from generations.gallery import rows, shelf, text
from generations.gallery.asked import Asked, Filters, read
from generations.tiles import Tile


@require_safe
def gallery(request):
    try:
        asked = read(_known(request.GET))
        found, after = _page(asked)
    except DomainError as refusal:
        context = {"refusal": "There is no such page of the gallery, or not any more."}
        response = render(request, "generations/gallery.html", context | _choices(Filters()))
        return problems.refused(response, refusal)
    context = {
        "tiles": found,
        "next": after and _address(asked.filters, after),
        "is_filtered": any(asked.filters),
    }
    return render(request, "generations/gallery.html", context | _choices(asked.filters))


def _known(query: QueryDict) -> QueryDict:
    """What a page of ours asks: every one has the usual size."""
    asked = QueryDict(mutable=True)
    asked.update({name: query.get(name, "") for name in ("style", "model", "cursor")})
    return asked


def _page(asked: Asked) -> tuple[list[Tile], str | None]:
    """The first pages are ready, for the API's readers and ours. Raises InvalidCursor."""
    if asked.cursor is None:
        return tiles.of_page(shelf.first(asked.filters).body(""))
    page = rows.public(asked)
    return tiles.of_rows(page.rows), page.next_cursor


def _choices(chosen: Filters) -> dict:
    """The filters as links: (name, text, address, is chosen, is there anything)."""
    styles = [("", "All styles"), *STYLES.items()]
    models = [("", "All models", True), *_models()]
    return {
        "styles": [
            (name, label, _address(chosen._replace(style=name)), name == chosen.style, True)
            for name, label in styles
        ],
        "models": [
            (name, label, _address(chosen._replace(model=name)), name == chosen.model, there)
            for name, label, there in models
        ],
        "chosen": [
            *(label for name, label in styles if name and name == chosen.style),
            *(label for name, label, _ in models if name and name == chosen.model),
        ],
    }


def _models() -> list[tuple[str, str, bool]]:
    """Every model; one that is not set up here is there as long as something is of it."""
    return [
        (model.name, model.label, not model.is_stand_in or _has_drawings(model.name))
        for model in providers.models()
    ]


def _has_drawings(model: str) -> bool:
    return not text.is_empty(shelf.first(Filters(model=model)).made.text)


def _address(filters: Filters, cursor: str = "") -> str:
    said = {**filters._asdict(), "cursor": cursor}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{reverse('generations:gallery')}?{query}" if query else reverse("generations:gallery")
