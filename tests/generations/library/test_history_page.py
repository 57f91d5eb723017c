import json
import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatsvg import toasts
from generations import discarding
from generations.models import Generation
from tests import factories
from tests.generations.gallery.drawings import draw, ids, together
from tests.generations.library.test_gallery_page import read_all, shown
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


def find(browser, **query) -> list[str]:
    return shown(browser.get(f"/history?{urlencode(query)}"))


def test_visitor_is_asked_to_sign_in_and_comes_back():
    reply = Browser().get("/history")

    assert reply.status_code == 200
    assert 'href="/signin?next=/history"' in text(reply)
    assert "no-store" in reply["Cache-Control"]


def test_history_shows_all_that_is_own_and_nothing_else(browser, person):
    mine = [*draw(person, is_private=True), *draw(person, 2)]
    draw(factories.person(), 3)

    reply = browser.get("/history")

    assert set(shown(reply)) == set(ids(mine))
    assert text(reply).count("data-private>") == 1
    assert text(reply).count("data-private hidden>") == 2
    assert "1 Mar 2026" in text(reply)
    assert "no-store" in reply["Cache-Control"]
    assert not inline_code(reply)


def test_pages_follow_each_other_by_links_with_the_search(browser, person):
    foxes = draw(person, 120, prompt="a red fox asleep")
    draw(person, 5, prompt="a green boat")

    pages = read_all(browser, "/history?q=fox&style=flat&privacy=public")

    assert [len(page) for page in pages] == [50, 50, 20]
    assert together(pages) == ids(foxes)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("fox", ["fox", "FOX"]),
        ("FoX", ["fox", "FOX"]),
        ("fox red", ["fox"]),
        ("asl fo", ["fox"]),
        ("  fox \t red ", ["fox"]),
        ("fox boat", []),
        ("100%", ["percent"]),
        ("%", ["percent"]),
        ("_", ["under"]),
        ("\\", ["slash"]),
        ("a_b", ["under"]),
        ("ÉTÉ", ["summer"]),
        ("'", ["quote"]),
        ("", ["FOX", "fox", "percent", "quote", "slash", "summer", "under"]),
    ],
)
def test_search_finds_prompts_with_every_word(browser, person, search, found):
    prompts = {
        "fox": "a red fox asleep",
        "FOX": "A BIG FOX AWAKE",
        "percent": "a battery at 100% of it",
        "under": "the variable a_b on paper",
        "slash": "a path of c:\\windows",
        "summer": "un été au bord du lac",
        "quote": "the painter's hat",
    }
    names = {str(draw(person, prompt=one)[0].pk): name for name, one in prompts.items()}

    assert sorted(names[one] for one in find(browser, q=search)) == sorted(found)


def test_filters_choose(browser, person):
    draw(person, 2)
    private = draw(person, is_private=True)
    solid = draw(person, style="3d", model="gpt-4o")

    assert find(browser, privacy="private") == ids(private)
    assert len(find(browser, privacy="public")) == 3
    assert find(browser, style="3d") == find(browser, model="gpt-4o") == ids(solid)
    assert find(browser, style="3d", q="boat") == []


@pytest.mark.parametrize(
    ("query", "said"),
    [("", "Nothing drawn yet"), ("?q=fox", "Nothing found")],
)
def test_empty_history_says_so(browser, query, said):
    assert said in text(browser.get(f"/history{query}"))


@pytest.mark.parametrize("query", ["style=oil", "privacy=x", "model=x", "cursor=x"])
def test_what_there_is_not_is_told_kindly(browser, query):
    reply = browser.get(f"/history?{query}")

    assert reply.status_code == 400
    assert "There is no such page of your history" in text(reply)


def test_what_was_typed_is_shown_as_text(browser, person):
    draw(person, prompt='<b>"fox" & co</b>')

    page = text(browser.get("/history?" + urlencode({"q": '"><script>alert(1)</script>'})))

    assert "<script>alert" not in page
    assert "<b>" not in text(browser.get("/history"))


def test_history_costs_as_many_queries_however_many_there_are(browser, person):
    counts = []
    for count in (1, 60):
        draw(person, count, prompt="a fox in the snow")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/history?q=fox&privacy=public")
        counts.append(len(queries))
        lists = [one["sql"] for one in queries if "FROM generations_generation" in one["sql"]]
        assert len(lists) == 1
        assert not re.search(r"\bsvg\b", lists[0])

    assert counts[0] == counts[1] <= 8


# --- Deleting -------------------------------------------------------------------------------------


def left(browser) -> dict:
    """What the page before has left to say."""
    request = browser.client.get("/history").wsgi_request
    return toasts.left(request)


def test_chosen_are_deleted_and_come_back_without_scripts(browser, person):
    kept, *gone = draw(person, 3)

    reply = browser.post("/history/delete", {"drawing": ids(gone), "q": "fox"})

    assert (reply.status_code, reply["Location"]) == (303, "/history?q=fox")
    page = browser.get("/history")
    assert shown(page) == [str(kept.pk)]
    assert "2 drawings deleted" in text(page)
    undo = re.search(r'action="(/history/restore[^"]+)"', text(page))[1].replace("&amp;", "&")
    back = browser.post(undo, {}, Accept="text/html")
    assert (back.status_code, back["Location"]) == (303, "/history")
    assert len(shown(browser.get("/history"))) == 3


def test_chosen_are_deleted_by_htmx_with_a_toast(browser, person):
    drawings = draw(person, 2)

    reply = browser.post("/history/delete", {"drawing": ids(drawings)}, **HTMX)

    told = json.loads(reply["HX-Trigger"])
    assert reply.status_code == 200
    assert set(told["discarded"]["ids"]) == set(ids(drawings))
    assert told["toast"] == {"text": "2 drawings deleted", "undo": told["discarded"]["undo"]}
    assert browser.post(told["toast"]["undo"], {}, Accept="*/*").status_code == 204
    assert Generation.objects.count() == 2


def test_one_is_deleted_and_comes_back(browser, person):
    (drawing,) = draw(person)

    reply = browser.post(
        f"/d/{drawing.pk}/delete", {}, Referer="http://testserver/gallery?style=flat"
    )

    assert (reply.status_code, reply["Location"]) == (303, "/gallery?style=flat")
    assert left(browser) == {"text": "Drawing deleted", "undo": f"/d/{drawing.pk}/restore"}
    assert browser.post(f"/d/{drawing.pk}/delete").status_code == 303  # a second click
    assert browser.post(f"/d/{drawing.pk}/restore", {}, Accept="*/*").status_code == 204
    assert browser.post(f"/d/{drawing.pk}/restore", {}, Accept="*/*").status_code == 204
    assert Generation.objects.get() == drawing


@pytest.mark.parametrize(
    "referer",
    [
        "http://testserver/d/{id}",
        "https://evil.example/gallery",
        "http://testserver//evil.example",
        "http://testserver",
        "nonsense",
        "",
    ],
)
def test_deleting_leads_nowhere_else_than_to_a_page_of_ours(browser, person, referer):
    (drawing,) = draw(person)

    reply = browser.post(f"/d/{drawing.pk}/delete", {}, Referer=referer.format(id=drawing.pk))

    assert reply["Location"] in ("/history", "/")


def test_what_is_anothers_is_neither_deleted_nor_restored(browser, person):
    (mine,), other = draw(person), factories.person()
    here, away = draw(other, 2)
    went = discarding.discard(other, [away.pk])
    at = urlencode({"at": went.at.isoformat()})

    statuses = [
        browser.post(path, {}).status_code
        for path in (
            f"/d/{here.pk}/delete",
            f"/d/{away.pk}/delete",
            f"/d/{here.pk}/restore",
            f"/d/{away.pk}/restore",
            f"/history/restore?{at}",
        )
    ]
    browser.post("/history/delete", {"drawing": ids([here, away, mine])})

    assert statuses == [404] * 5
    assert list(Generation.objects.all()) == [here]


@pytest.mark.parametrize("at", ["", "x", "2026-03-01", "2026-03-01T12:00:00", "%00"])
def test_restoring_at_no_time_is_404(browser, at):
    assert browser.post(f"/history/restore?at={at}").status_code == 404


def test_deleting_nothing_says_what_to_do(browser):
    assert browser.post("/history/delete")["Location"] == "/history"
    assert left(browser)["text"] == "Choose some drawings first."
    told = json.loads(browser.post("/history/delete", {}, **HTMX)["HX-Trigger"])
    assert told == {"toast": {"text": "Choose some drawings first."}}


def test_forms_without_the_token_change_nothing(browser, person):
    (drawing,) = draw(person)

    for path in (f"/d/{drawing.pk}/delete", "/history/delete", "/history/zip"):
        reply = browser.client.post(path, {"drawing": [str(drawing.pk)]})
        assert reply.status_code == 403
    assert Generation.objects.count() == 1
