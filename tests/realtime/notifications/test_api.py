"""`/api/notification/…` (CONTRACT §3.5, §1.7)."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from chatsvg.paging import page_size
from realtime.models import Notification
from realtime.notifications import notes, services
from realtime.tasks import purge_notifications
from tests import factories
from tests.conftest import Api


@pytest.fixture
def bell(person):
    """Twelve notifications besides the welcome, all of one moment: the worst order to keep."""
    Notification.objects.all().delete()
    for number in range(12):
        services.tell(person.pk, notes.security(f"number {number}"))
    Notification.objects.update(created_at=timezone.now())
    return [str(pk) for pk in Notification.objects.order_by("-pk").values_list("pk", flat=True)]


def page(api, **query):
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    reply = api.get(f"/notification/latest?{asked}")
    assert reply.status_code == 200, reply.content
    body = reply.json()
    return [one["id"] for one in body["notifications"]], body["nextCursor"]


def test_newest_five_come_first(signed_in, bell):
    ids, cursor = page(signed_in)

    assert ids == bell[:5]
    assert cursor == bell[4]


def test_pages_follow_each_other_to_an_end(signed_in, bell):
    first, cursor = page(signed_in, limit=5)
    second, further = page(signed_in, limit=5, cursor=cursor)
    third, end = page(signed_in, limit=5, cursor=further)

    assert first + second + third == bell
    assert end is None
    assert page(signed_in, limit=12) == (bell, None)


def test_what_comes_in_between_moves_no_page(signed_in, person, bell):
    first, cursor = page(signed_in, limit=5)
    services.tell(person.pk, notes.security("new"))

    second, _ = page(signed_in, limit=5, cursor=cursor)

    assert first + second == bell[:10]


@pytest.mark.parametrize(
    ("limit", "count"),
    [("", 1), ("0", 1), ("-3", 1), ("2", 2), ("2.9", 2), ("abc", 5), ("nan", 5), ("1e9", 12)],
)
def test_limit_is_kept_in_bounds(limit, count, signed_in, bell):
    assert len(page(signed_in, limit=limit)[0]) == count


@pytest.mark.parametrize(
    ("text", "size"), [(None, 5), ("100", 100), ("101", 100), ("inf", 100), ("-inf", 1)]
)
def test_page_size_of_a_text(text, size):
    assert page_size(text, usual=5) == size


@pytest.mark.parametrize("cursor", ["x", "%00", "{} ", " {}", UUID(int=7), "strange"])
def test_cursor_of_nothing_is_refused(cursor, signed_in, bell):
    stranger = factories.person()
    theirs = Notification.objects.get(user=stranger)
    cursor = theirs.pk if cursor == "strange" else str(cursor).format(bell[0])

    reply = signed_in.get(f"/notification/latest?cursor={cursor}")

    assert reply.status_code == 400
    assert reply.json() == {"error": "Invalid cursor", "errorCode": "INVALID_CURSOR"}


def test_empty_cursor_is_the_first_page(signed_in, bell):
    assert page(signed_in, cursor="")[0] == bell[:5]


def test_notification_has_the_contract_s_shape(signed_in, person):
    reply = signed_in.get("/notification/latest")

    (welcome,) = reply.json()["notifications"]
    created = welcome.pop("createdAt")
    assert len(created) == len("2026-01-01T00:00:00.000Z")
    assert welcome == {
        "id": str(Notification.objects.get().pk),
        "type": "SYSTEM_ANNOUNCEMENT",
        "title": "Welcome",
        "message": Notification.objects.get().message,
        "data": {"kind": "welcome"},
        "readAt": None,
    }
    assert reply["Cache-Control"] == "private, no-store"


def test_badge_counts_what_was_not_seen(signed_in, person):
    def unread():
        return signed_in.get("/notification/badge").json()

    assert unread() == {"unreadCount": 1}
    reply = signed_in.post("/notification/seen")
    assert (reply.status_code, reply.json()) == (200, {"ok": True})
    assert unread() == {"unreadCount": 0}

    services.tell(person.pk, notes.security("new"))
    assert unread() == {"unreadCount": 1}
    new, welcome = signed_in.get("/notification/latest").json()["notifications"]
    assert new["readAt"] is None
    assert welcome["readAt"] >= welcome["createdAt"]


def test_seen_again_leaves_when_it_was_seen(signed_in, person):
    signed_in.post("/notification/seen")
    first = Notification.objects.get().read_at

    signed_in.post("/notification/seen")

    assert first is not None
    assert Notification.objects.get().read_at == first


def test_seen_is_about_oneself(signed_in, person):
    other = factories.person()

    signed_in.post("/notification/seen")

    assert services.unread(person) == 0
    assert services.unread(other) == 1


@pytest.mark.parametrize("path", ["latest", "badge"])
def test_visitors_are_told_nothing(path, api):
    reply = api.get(f"/notification/{path}")

    assert (reply.status_code, reply.json()) == (401, {"error": "No token provided"})


def test_seen_needs_a_csrf_token(signed_in):
    signed_in.token = "0" * 64

    assert signed_in.post("/notification/seen").status_code == 403


def test_every_answer_costs_the_same_few_statements(signed_in, bell, django_assert_num_queries):
    session = 1
    for asked, statements in (
        ("latest?limit=1", 1),
        ("latest?limit=10", 1),
        (f"latest?cursor={bell[2]}", 2),
        ("badge", 1),
    ):
        with django_assert_num_queries(session + statements):
            assert signed_in.get(f"/notification/{asked}").status_code == 200


def test_page_and_badge_are_read_from_an_index(person, bell, django_assert_num_queries):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    mine = Notification.objects.filter(user=person).order_by("-created_at", "-id")

    behind = services._behind(mine, UUID(bell[3]))[:6].explain()
    unread = Notification.objects.filter(user=person, read_at=None).order_by().explain()

    assert "notification_of_user" in behind
    assert "Sort" not in behind
    assert "notification_unread" in unread


def test_old_notifications_are_forgotten(person):
    kept = Notification.objects.get()
    for days in (89, 91, 400):
        at = timezone.now() - timedelta(days=days)
        pk = UUID(int=(int(at.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | days)
        Notification.objects.create(
            pk=pk, user=person, type="ACCOUNT_SECURITY", message=f"{days} days old", created_at=at
        )

    purge_notifications()
    purge_notifications()

    left = set(Notification.objects.values_list("message", flat=True))
    assert left == {kept.message, "89 days old"}


def test_bell_of_somebody_new_is_whole(db):
    api = Api().sign_in(factories.person())

    ids, cursor = page(api)

    assert (len(ids), cursor) == (1, None)
