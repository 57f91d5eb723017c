from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations import services
from generations.gallery import gaps
from generations.models import Gap
from tests import factories
from tests.conftest import Api
from tests.generations.gallery.drawings import (
    NOON,
    draw,
    gallery,
    history,
    ids,
    pages,
    together,
)

pytestmark = pytest.mark.django_db
PUBLIC, OWN = ("/svg/public", "publicGenerations"), ("/user/generations", "generations")
BAD_CURSOR = {"error": "Invalid cursor", "errorCode": "INVALID_CURSOR"}


@pytest.fixture(params=[PUBLIC, OWN], ids=["gallery", "history"])
def listed(request, signed_in):
    """(path, name) of each list, in turn."""
    return request.param


def test_empty_list_is_one_empty_page(signed_in, listed):
    path, name = listed

    assert signed_in.get(path).json() == {name: [], "nextCursor": None}


@pytest.mark.parametrize("count", [1, 4, 5, 6, 10, 11])
def test_pages_hold_everything_once_and_end(signed_in, person, listed, count):
    drawn = ids(draw(person, count))

    found = pages(signed_in, *listed, limit=5)

    assert together(found) == drawn
    assert [len(page) for page in found] == [5] * (count // 5) + [count % 5] * bool(count % 5)


def test_cursor_is_the_id_of_the_last_item(signed_in, person, listed):
    drawn = ids(draw(person, 3))

    assert signed_in.get(f"{listed[0]}?limit=2").json()["nextCursor"] == drawn[1]


def test_usual_page_has_fifty(signed_in, person, listed):
    draw(person, 51)

    body = signed_in.get(listed[0]).json()

    assert len(body[listed[1]]) == 50
    assert body["nextCursor"]


@pytest.mark.parametrize(
    ("limit", "count"),
    [
        *[("", 1), ("0", 1), ("-3", 1), ("2", 2), ("%202%20", 2), ("1e1", 10), ("2.9", 2)],
        *[("101", 100), ("1e400", 100), ("abc", 50), ("nan", 50), ("2x", 50), ("5%00", 50)],
    ],
)
def test_limit_is_as_the_contract_has_it(signed_in, person, listed, limit, count):
    draw(person, 101)

    body = signed_in.get(f"{listed[0]}?limit={limit}").json()

    assert len(body[listed[1]]) == count


def test_ties_are_in_the_order_of_ids(signed_in, person, listed):
    drawn = draw(person, 7, apart=timedelta(0))

    found = pages(signed_in, *listed, limit=2)

    assert together(found) == sorted(ids(drawn), reverse=True)


def test_microseconds_apart_are_apart(signed_in, person, listed):
    drawn = draw(person, 5, apart=timedelta(microseconds=1), pk=None)

    assert together(pages(signed_in, *listed, limit=1)) == ids(drawn)


@pytest.mark.parametrize(
    "cursor",
    [
        *[
            "x",
            "cjld2cjxh0000qzrmn831i7rn",
            "1",
            "%00",
            "a%2Fb",
            "null",
            "%F0%9F%A6%8A",
            "x" * 5000,
        ],
        "00000000-0000-7000-8000-000000000000",
        "0193a1f0-7c1e-7d3a-9b9e-5f0c6d2e1a77",
        "0193a1f07c1e7d3a9b9e5f0c6d2e1a77",
        "5f3b2c1a-9d8e-4f70-a1b2-c3d4e5f60718",
    ],
)
def test_unknown_cursor_is_400_and_not_cached(signed_in, person, listed, cursor):
    draw(person, 2)

    reply = signed_in.get(f"{listed[0]}?cursor={cursor}")

    assert (reply.status_code, reply.json()) == (400, BAD_CURSOR)
    assert "public" not in reply.headers.get("Cache-Control", "")


@pytest.mark.parametrize("cursor", ["", "%20%20"])
def test_empty_cursor_is_the_first_page(signed_in, person, listed, cursor):
    (one,) = ids(draw(person))

    body = signed_in.get(f"{listed[0]}?cursor={cursor}").json()

    assert [item["id"] for item in body[listed[1]]] == [one]


def test_cursor_may_be_trimmed_and_in_capitals(signed_in, person, listed):
    first, second = ids(draw(person, 2))

    body = signed_in.get(f"{listed[0]}?cursor=%20{first.upper()}%20").json()

    assert [one["id"] for one in body[listed[1]]] == [second]


def test_cursor_of_the_last_drawing_is_an_empty_end(signed_in, person, listed):
    last = ids(draw(person, 2))[-1]

    body = signed_in.get(f"{listed[0]}?cursor={last}").json()

    assert body == {listed[1]: [], "nextCursor": None}


def test_pages_go_on_after_a_deleted_drawing(signed_in, person, listed):
    drawn = draw(person, 5)
    cursor = signed_in.get(f"{listed[0]}?limit=2").json()["nextCursor"]
    services.delete_drawing(person, drawn[1].pk)

    body = signed_in.get(f"{listed[0]}?limit=2&cursor={cursor}").json()

    assert [one["id"] for one in body[listed[1]]] == ids(drawn[2:4])


def test_place_of_a_deleted_drawing_is_kept_for_a_day(signed_in, person, listed):
    (drawing,) = draw(person)
    services.delete_drawing(person, drawing.pk)
    gaps.close()
    assert signed_in.get(f"{listed[0]}?cursor={drawing.pk}").status_code == 200

    Gap.objects.update(deleted_at=timezone.now() - timedelta(hours=25))
    gaps.close()

    assert signed_in.get(f"{listed[0]}?cursor={drawing.pk}").json() == BAD_CURSOR


@pytest.mark.parametrize("is_deleted", [False, True])
def test_cursor_tells_nothing_of_what_is_private(api, person, is_deleted):
    (private,) = draw(person, is_private=True)
    draw(person, 2)
    if is_deleted:
        services.delete_drawing(person, private.pk)
    stranger = Api().sign_in(factories.person())

    for asker, path in [(api, "/svg/public"), (stranger, "/svg/public")]:
        assert asker.get(f"{path}?cursor={private.pk}").json() == BAD_CURSOR
    assert stranger.get(f"/user/generations?cursor={private.pk}").json() == BAD_CURSOR
    assert Api().sign_in(person).get(f"/user/generations?cursor={private.pk}").status_code == 200


def test_cursor_of_anothers_public_drawing_is_none_of_ones_own_list(signed_in):
    (other,) = draw(factories.person())

    assert signed_in.get(f"/user/generations?cursor={other.pk}").json() == BAD_CURSOR


def test_filters_choose_and_pages_keep_them(signed_in, person, listed):
    wanted = []
    for number in range(12):
        style, model = ("flat", "3d")[number % 2], ("studio", "gpt-4o")[number // 2 % 2]
        at = NOON + timedelta(minutes=number)
        wanted += [
            (style, model, one) for one in draw(person, created_at=at, style=style, model=model)
        ]
    wanted.reverse()

    for style, model in [("flat", ""), ("", "gpt-4o"), ("3d", "studio"), ("%20flat%20", "")]:
        expected = [
            str(one.pk)
            for has, by, one in wanted
            if has == (style.strip("%20") or has) and by == (model or by)
        ]
        found = pages(signed_in, *listed, limit=2, style=style, model=model)
        assert together(found) == expected, (style, model)
        assert len(found) > 1


def test_cursor_need_not_match_the_filter(signed_in, person, listed):
    newest = draw(person, 2, style="3d")[0]
    (flat,) = draw(person, style="flat", created_at=NOON - timedelta(days=1))

    body = signed_in.get(f"{listed[0]}?style=flat&cursor={newest.pk}").json()

    assert [one["id"] for one in body[listed[1]]] == [str(flat.pk)]


STYLES = "outline, filled, minimal, modern, flat, gradient, line-art, 3d, cartoon"
MODELS = "gpt-5.2-2025-12-11, gpt-5-mini-2025-08-07, gpt-4o, studio"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("style=oil", f"Invalid style. Must be one of: {STYLES}"),
        ("style=Flat", f"Invalid style. Must be one of: {STYLES}"),
        ("style=oil&model=x&cursor=x", f"Invalid style. Must be one of: {STYLES}"),
        ("style=%00", f"Invalid style. Must be one of: {STYLES}"),
        ("model=gemini", f"Invalid model. Must be one of: {MODELS}"),
        ("style=flat&model=x&cursor=x", f"Invalid model. Must be one of: {MODELS}"),
    ],
)
def test_bad_filter_is_400_in_the_contracts_words(signed_in, listed, query, error):
    reply = signed_in.get(f"{listed[0]}?{query}")

    assert (reply.status_code, reply.json()) == (400, {"error": error})


@pytest.mark.parametrize(
    ("privacy", "kinds"),
    [
        *[("", {False, True}), ("all", {False, True}), ("%20ALL%20", {False, True})],
        *[("public", {False}), ("FALSE", {False}), ("private", {True}), ("True", {True})],
    ],
)
def test_history_filters_by_privacy(signed_in, person, privacy, kinds):
    draw(person, 3, is_private=True)
    draw(person, 3, created_at=NOON)

    body = signed_in.get(f"/user/generations?privacy={privacy}").json()

    assert {one["privacy"] for one in body["generations"]} == kinds


def test_history_refuses_another_privacy(signed_in):
    reply = signed_in.get("/user/generations?privacy=secret&cursor=x")

    assert reply.status_code == 400
    assert reply.json() == {
        "error": "Invalid privacy. Must be one of: all, public, private",
        "errorCode": "INVALID_PRIVACY",
    }


def test_gallery_reads_no_privacy(signed_in, person):
    draw(person, is_private=True)
    shown = ids(draw(person, created_at=NOON - timedelta(days=1)))

    assert gallery(signed_in, privacy="private") == shown
    assert signed_in.get("/svg/public?privacy=nonsense").status_code == 200


def test_items_are_as_the_contract_has_them(signed_in, person):
    prompt = 'a "fox" \\u0000 \\ </script> 🦊 \n\u2028'
    (shown,) = draw(person, prompt=prompt)
    at = {"createdAt": "2026-03-01T12:00:00.123Z"}
    url = f"http://testserver/files/{shown.storage_key}"
    same = {"id": str(shown.pk), "prompt": prompt, "style": "flat", "model": "studio", **at}

    public, own = (signed_in.get(path).json()[name][0] for path, name in (PUBLIC, OWN))

    assert public == {**same, "svgUrl": url}
    assert own == {**same, "svgUrl": url, "privacy": False, "creditsUsed": 1}


def test_every_svg_url_opens_without_cookies(signed_in, person, client):
    draw(person)
    draw(person, is_private=True, created_at=NOON - timedelta(days=1))

    found = [one["svgUrl"] for one in signed_in.get("/user/generations").json()["generations"]]

    assert [("signature" in url) for url in found] == [False, True]
    for url in found:
        reply = client.get(url.removeprefix("http://testserver"))
        assert (reply.status_code, reply["Access-Control-Allow-Origin"]) == (200, "*")
        assert reply["Content-Type"] == "image/svg+xml; charset=utf-8"


def test_signed_url_opens_nothing_else(signed_in, person, client):
    first, second = draw(person, 2, is_private=True)
    url = signed_in.get("/user/generations?limit=1").json()["generations"][0]["svgUrl"]
    path = url.removeprefix("http://testserver")

    assert client.get(path.replace(str(first.pk), str(second.pk))).status_code == 404
    assert client.get(path.replace("expires=", "expires=1")).status_code == 404
    assert client.get(path.partition("?")[0]).status_code == 404


def test_history_is_ones_own(signed_in, person):
    mine = ids(draw(person))
    draw(factories.person())

    assert history(signed_in) == mine


def test_history_is_not_cached_and_needs_a_person(signed_in, api):
    assert signed_in.get("/user/generations")["Cache-Control"] == "private, no-store"
    stranger = Api()
    reply = stranger.get("/user/generations?style=oil")
    assert (reply.status_code, reply.json()) == (401, {"error": "No token provided"})


@pytest.mark.parametrize("count", [1, 3])
def test_page_is_one_statement(signed_in, person, count):
    cursor = draw(person, count + 1)[0].pk

    for path, expected in ((f"/svg/public?cursor={cursor}", 1), ("/user/generations", 2)):
        with CaptureQueriesContext(connection) as asked:
            signed_in.get(path)
        assert len(asked) == expected  # the session and its person are the other one


@pytest.mark.parametrize("path", ["/svg/public", "/user/generations"])
def test_head_and_other_methods(signed_in, path):
    head = signed_in.client.head(f"/api{path}")
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == "application/json; charset=utf-8"
    for method in ("post", "put", "patch", "delete"):
        reply = getattr(signed_in.client, method)(
            f"/api{path}", headers={"X-CSRF-Token": signed_in.csrf()}
        )
        assert (reply.status_code, reply.json()) == (405, {"error": "Method not allowed"})


def test_history_counts_requests_of_a_person(signed_in, limited):
    reply = signed_in.get("/user/generations")
    refused = signed_in.get("/user/generations?style=oil")

    assert reply["X-RateLimit-Limit"] == "600"
    assert int(reply["X-RateLimit-Remaining"]) == int(refused["X-RateLimit-Remaining"]) + 1


MINI = {"model": "gpt-5-mini-2025-08-07"}
CROSSED = ({"style": "cartoon", **MINI}, {"style": "cartoon"}, {"style": "modern", **MINI})


INDEXES = {
    "/svg/public?limit=5&": "generation_public ",
    "/svg/public?limit=5&style=3d": "generation_public_style ",
    "/svg/public?limit=5&model=gpt-4o": "generation_public_model ",
    "/svg/public?style=cartoon&model=gpt-5-mini-2025-08-07": "generation_public_style_model ",
    "/user/generations?": "generation_of_user ",
    "/user/generations?style=3d": "generation_user_style ",
    "/user/generations?model=gpt-4o": "generation_user_model ",
    "/user/generations?privacy=private": "generation_user_private ",
}


def test_every_filter_has_an_index(signed_in, person):
    """What is rare among many others is found without reading those, and comes in order."""
    some = draw(person, 6_000)
    draw(person, 200, style="3d", created_at=NOON - timedelta(days=3))
    draw(person, 200, model="gpt-4o", created_at=NOON - timedelta(days=3))
    draw(person, 200, is_private=True, created_at=NOON - timedelta(days=3))
    draw(factories.person(), 6_000)
    for number, kind in enumerate(CROSSED):
        draw(person, 1_000 if number else 5, created_at=NOON - timedelta(days=5), **kind)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE generations_generation")

    plans = {
        asked: (plan_of_list(signed_in, asked), index)
        for path, index in INDEXES.items()
        for asked in (path, f"{path}&cursor={some[0].pk}")
    }

    assert len(plans) == 2 * len(INDEXES)
    for path, (plan, index) in plans.items():
        assert f"using {index}" in plan, (path, plan)
        assert "Seq Scan on generations_generation" not in plan, (path, plan)
        assert "Sort" not in plan, (path, plan)


def plan_of_list(signed_in, path) -> str:
    """How PostgreSQL finds what this page shows: the plan that it keeps for all values."""
    with CaptureQueriesContext(connection) as asked:
        signed_in.get(path)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (GENERIC_PLAN, COSTS OFF) {asked[-1]['sql']}")
        return "\n".join(row[0] for row in cursor.fetchall())


def test_cursor_is_no_uuid_object_of_ours(signed_in, person):
    """It may stand in an address as it is (CONTRACT §1.5)."""
    draw(person, 2)
    cursor = signed_in.get("/svg/public?limit=1").json()["nextCursor"]

    assert cursor == str(UUID(cursor))
