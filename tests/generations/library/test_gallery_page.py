import re
from datetime import timedelta

import pytest

from generations import discarding
from generations.gallery import news, shelf
from tests.generations.gallery.drawings import NOON, draw, ids, together
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db


def shown(reply) -> list[str]:
    """The ids of the drawings on a page."""
    return re.findall(r'data-drawing="([0-9a-f-]+)"', text(reply))


def more(reply) -> str | None:
    found = re.search(r'id="load-more" href="([^"]+)"', text(reply))
    return found and found[1].replace("&amp;", "&")


def read_all(browser, address: str) -> list[list[str]]:
    """The drawings of every page, by the links alone."""
    pages = []
    while address:
        reply = browser.get(address)
        assert reply.status_code == 200
        pages.append(shown(reply))
        address = more(reply)
    return pages


@pytest.fixture
def visitor():
    return Browser()


def test_gallery_shows_everybody_what_is_public(visitor, person):
    public, _ = draw(person)[0], draw(person, is_private=True)

    reply = visitor.get("/gallery")

    assert shown(reply) == [str(public.pk)]
    page = text(reply)
    assert f'href="/d/{public.pk}"' in page
    assert f'src="/files/{public.storage_key}"' in page
    assert 'loading="lazy"' in page
    assert "That is everything." in page
    assert not inline_code(reply)


@pytest.mark.parametrize("count", [50, 51, 120])
def test_pages_follow_each_other_by_links(visitor, person, count):
    drawn = ids(draw(person, count))

    pages = read_all(visitor, "/gallery")

    assert together(pages) == drawn
    assert [len(page) for page in pages] == [50] * (count // 50) + [count % 50] * bool(count % 50)


def test_filters_are_in_the_address_and_stay_on_later_pages(visitor, person):
    wanted = draw(person, 60, style="3d", model="gpt-4o")
    draw(person, 3, style="3d")
    draw(person, 3, style="flat", model="gpt-4o", created_at=NOON + timedelta(days=1))

    assert together(read_all(visitor, "/gallery?style=3d&model=gpt-4o")) == ids(wanted)
    page = text(visitor.get("/gallery?style=3d&model=gpt-4o"))
    assert 'id="style-3d" href="/gallery?style=3d&amp;model=gpt-4o" aria-current="true"' in page
    assert 'id="style-all" href="/gallery?model=gpt-4o"' in page
    assert 'id="model-all" href="/gallery?style=3d"' in page


def test_model_that_nothing_was_drawn_with_is_no_choice(visitor, person):
    draw(person, model="gpt-4o")

    page = text(visitor.get("/gallery"))

    assert re.findall(r'<span class="chip" aria-disabled="true"[^>]*>([^<]+)', page) == [
        "GPT-5.2",
        "GPT-5 Mini",
    ]
    assert 'id="model-gpt-4o"' in page
    assert 'id="model-studio"' in page


def test_configured_models_are_all_a_choice(visitor, endpoint):
    assert 'aria-disabled="true"' not in text(visitor.get("/gallery"))


@pytest.mark.parametrize(
    ("address", "said"),
    [("/gallery", "The gallery is empty"), ("/gallery?style=3d", "Nothing like that yet")],
)
def test_empty_gallery_says_so(visitor, address, said):
    page = text(visitor.get(address))

    assert said in page
    assert "Load more" not in page


@pytest.mark.parametrize(
    "query",
    ["style=oil", "model=x", "cursor=x", "cursor=00000000-0000-7000-8000-000000000000"],
)
def test_what_there_is_not_is_told_kindly(visitor, query):
    reply = visitor.get(f"/gallery?{query}")

    assert reply.status_code == 400
    assert "There is no such page of the gallery" in text(reply)
    assert 'href="/gallery"' in text(reply)


def test_gallery_of_the_signed_in_is_kept_by_nobody(person):
    for browser in (Browser(), Browser().sign_in(person)):
        said = browser.get("/gallery")["Cache-Control"]
        assert {"private", "no-store"} <= {one.strip() for one in said.split(",")}


def test_first_page_asks_the_database_for_no_drawings(visitor, person, django_assert_num_queries):
    draw(person, 60)
    visitor.get("/gallery")
    news.tell(shelf.every())
    visitor.get("/gallery")  # of which the first pages are made again

    with django_assert_num_queries(0):
        visitor.get("/gallery")


def test_later_page_is_one_query(visitor, person, django_assert_num_queries):
    draw(person, 120)
    address = more(visitor.get("/gallery"))

    with django_assert_num_queries(1):
        visitor.get(address)


def test_discarded_drawing_leaves_the_page(visitor, person, django_capture_on_commit_callbacks):
    kept, gone = draw(person, 2)
    assert len(shown(visitor.get("/gallery"))) == 2

    with django_capture_on_commit_callbacks(execute=True):
        discarding.discard(person, [gone.pk])

    assert shown(visitor.get("/gallery")) == [str(kept.pk)]
