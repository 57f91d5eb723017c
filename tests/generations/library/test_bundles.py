import io
import json
import tracemalloc
import zipfile
from uuid import uuid4

import pytest

from generations import bundles, names
from tests import factories
from tests.generations.gallery.drawings import SVG, draw, ids
from tests.pages import Browser

pytestmark = pytest.mark.django_db


def unpacked(reply) -> tuple[dict[str, str], dict]:
    """The drawings of a ZIP by name, and its list."""
    with zipfile.ZipFile(io.BytesIO(reply.getvalue())) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    return files, json.loads(files.pop("manifest.json"))


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


def test_zip_has_the_chosen_drawings_and_a_list_of_them(browser, person):
    fox, _, boat = draw(person, 3, prompt="A Red Fox, asleep!")

    reply = browser.post("/history/zip", {"drawing": ids([boat, fox])})

    files, told = unpacked(reply)
    assert reply["Content-Type"] == "application/zip"
    assert reply["Content-Disposition"].startswith('attachment; filename="chatsvg-20')
    assert {"private", "no-store"} <= {x.strip() for x in reply["Cache-Control"].split(",")}
    assert files == {f"a-red-fox-asleep-{one.pk.hex[-12:]}.svg": SVG for one in (fox, boat)}
    assert told["complete"] is True
    assert [one["id"] for one in told["drawings"]] == ids([fox, boat])
    assert told["drawings"][1] == {
        "file": f"a-red-fox-asleep-{boat.pk.hex[-12:]}.svg",
        "id": str(boat.pk),
        "prompt": "A Red Fox, asleep!",
        "style": "flat",
        "model": "studio",
        "privacy": False,
        "createdAt": "2026-03-01T12:00:00.123Z",
    }


def test_zip_of_all_has_what_the_search_finds(browser, person):
    foxes = draw(person, 2, prompt="a red fox asleep", style="3d")
    draw(person, prompt="a red fox awake", style="flat")
    draw(person, prompt="a green boat", style="3d")

    reply = browser.post("/history/zip", {"all": "1", "q": "FOX", "style": "3d"})

    assert [one["id"] for one in unpacked(reply)[1]["drawings"]] == ids(foxes)


def test_zip_has_nothing_of_anybody_else(browser, person):
    (mine,), other = draw(person), factories.person()
    theirs = [*draw(other), *draw(other, is_private=True)]

    reply = browser.post("/history/zip", {"drawing": [*ids([*theirs, mine]), str(uuid4()), "x"]})

    assert [one["id"] for one in unpacked(reply)[1]["drawings"]] == [str(mine.pk)]


def test_zip_of_nothing_leads_back(browser, person):
    theirs = draw(factories.person())

    replies = [
        browser.post("/history/zip", {"q": "fox", "style": "3d"}),
        browser.post("/history/zip", {"all": "1"}),
        browser.post("/history/zip", {"all": "1", "style": "oil"}),
        browser.post("/history/zip", {"drawing": ids(theirs)}),
    ]

    assert [one.status_code for one in replies] == [303] * 4
    assert replies[0]["Location"] == "/history?q=fox&style=3d"


def test_zip_is_bounded_and_says_so(browser, person, monkeypatch):
    monkeypatch.setattr(bundles, "MOST", 3)
    newest = draw(person, 5)[:3]

    for fields in ({"all": "1"}, {"drawing": ids(newest)}):
        files, told = unpacked(browser.post("/history/zip", fields))
        assert len(files) == 3
        assert [one["id"] for one in told["drawings"]] == ids(newest)
        assert told["complete"] is ("drawing" in fields)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("../../etc/passwd C:\\x", "etcpasswd-cx"),
        ("лиса спит под берёзой", "лиса-спит-под-берёзой"),
        ("🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊", "drawing"),
        ("con", "con"),
        ("x" * 500, "x" * 60),
    ],
)
def test_names_are_safe_on_any_disk(person, prompt, words):
    (drawing,) = draw(person, prompt=prompt)

    assert names.of(drawing) == f"{words}-{drawing.pk.hex[-12:]}.svg"


def test_zip_takes_little_memory_and_few_queries(person, django_assert_num_queries):
    svg = SVG.replace("</svg>", f"<desc>{'x' * 300_000}</desc></svg>")
    drawings = draw(person, 60, svg=svg)  # 18 MB
    tracemalloc.start()

    with django_assert_num_queries(3):
        file = bundles.make(person, [one.pk for one in drawings])

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    with zipfile.ZipFile(file) as archive:
        assert len(archive.namelist()) == 61
    file.close()
    assert most < 12 * 2**20 + bundles.IN_MEMORY


@pytest.mark.usefixtures("limited")
def test_zips_are_limited_by_person(person):
    (drawing,) = draw(person)
    browser = Browser().sign_in(person)

    def ask(browser, drawing):
        reply = browser.post("/history/zip", {"drawing": [str(drawing.pk)]}, Accept="text/html")
        assert reply.getvalue()  # and closes its file
        return reply.status_code

    assert [ask(browser, drawing) for _ in range(11)] == [200] * 10 + [429]
    other = factories.person()
    assert ask(Browser().sign_in(other), draw(other)[0]) == 200


def test_visitors_are_sent_to_sign_in_and_come_back():
    reply = Browser().post("/history/zip", {"all": "1"})

    assert (reply.status_code, reply["Location"]) == (302, "/signin?next=/history")
