"""The bell in the header, and `/notifications`."""

import re
from uuid import uuid4

import pytest

from accounts.support import services as support
from accounts.support.asked import Message
from credits import services as credits
from credits.models import Entry
from generations import pipeline
from generations.models import Generation
from realtime import context
from realtime.models import Notification
from realtime.notifications import notes
from realtime.notifications.services import tell
from tests import factories
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def somebody():
    user = factories.person()
    Notification.objects.filter(user=user).delete()
    return user


@pytest.fixture
def browser(somebody):
    return Browser().sign_in(somebody)


def told(user, count):
    for number in range(count):
        tell(user.pk, notes.security(f"note {number}"), is_live=False)


def lines(reply) -> list[str]:
    found = re.findall(r'<li class="note-line.*?</li>', text(reply), re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", one)).strip() for one in found]


# --- The bell -------------------------------------------------------------------------------------


def test_bell_says_how_many_are_new(browser, somebody):
    told(somebody, 3)

    page = text(browser.get("/account"))

    assert 'aria-label="Notifications, 3 new"' in page
    assert re.search(r"data-bell-count>3<", page)
    assert 'href="/notifications"' in page


def test_bell_without_news_is_quiet(browser):
    page = text(browser.get("/account"))

    assert 'aria-label="Notifications"' in page
    assert re.search(r"data-bell-count hidden>", page)


def test_more_than_can_be_shown_is_told_as_that(browser, somebody):
    told(somebody, 101)

    assert 'aria-label="Notifications, 99+ new"' in text(browser.get("/account"))


def test_visitor_has_no_bell(db):
    assert "data-bell" not in text(Browser().get("/"))


def test_bell_shows_the_newest_first_and_each_leads_somewhere(browser, somebody):
    told(somebody, 8)

    reply = browser.get("/notifications/newest")

    assert [re.search(r"note (\d)", line)[1] for line in lines(reply)] == list("765432")
    assert 'href="/account#devices"' in text(reply)


# --- The page -------------------------------------------------------------------------------------


def test_page_shows_twenty_and_the_way_to_the_rest(browser, somebody):
    told(somebody, 23)

    first = browser.get("/notifications")
    more = re.search(r'href="(/notifications\?cursor=[^"]+)"', text(first))[1]
    rest = browser.get(more)

    assert (len(lines(first)), len(lines(rest))) == (20, 3)
    assert "note 22" in lines(first)[0]
    assert "note 0" in lines(rest)[-1]
    assert "That is everything" in text(rest)
    assert inline_code(first) == []


def test_page_of_somebody_new_is_not_empty_of_words(browser):
    assert "Nothing yet" in text(browser.get("/notifications"))


def test_a_page_asks_as_much_for_many_as_for_one(browser, somebody, django_assert_num_queries):
    def draw():
        job = factories.job(somebody)
        pipeline.run(job.pk)

    draw()
    with django_assert_num_queries(3) as one:
        browser.get("/notifications/newest")
    draw()
    with django_assert_num_queries(len(one)):
        browser.get("/notifications/newest")


def test_seen_by_a_form_is_seen(browser, somebody):
    told(somebody, 2)
    assert "Mark all as seen" in text(browser.get("/notifications"))

    reply = browser.post("/notifications/seen")

    assert (reply.status_code, reply["Location"]) == (302, "/notifications")
    page = text(browser.get("/notifications"))
    assert "Mark all as seen" not in page
    assert ">New<" not in page


def test_cursor_of_somebody_else_is_refused(browser):
    stranger = factories.person()
    theirs = Notification.objects.get(user=stranger)

    assert browser.get(f"/notifications?cursor={theirs.pk}").status_code == 400


@pytest.mark.parametrize("path", ["/notifications", "/notifications/newest"])
def test_visitor_is_asked_to_sign_in(db, path):
    reply = Browser().get(path)

    assert (reply.status_code, reply["Location"]) == (302, "/signin?next=/notifications")


# --- What it says and where it leads --------------------------------------------------------------


def newest(browser) -> str:
    return text(browser.get("/notifications/newest"))


def test_finished_drawing_is_a_click_away_while_it_is_there(browser, somebody):
    job = factories.job(somebody)
    pipeline.run(job.pk)
    drawing = Generation.objects.get()
    assert f'href="/d/{drawing.pk}"' in newest(browser)
    assert "“a red fox asleep”" in newest(browser)

    drawing.delete()

    assert "/d/" not in newest(browser)


def test_refund_by_staff_says_what_for_and_keeps_the_reason_to_staff(browser, somebody):
    staff = factories.person()
    job = factories.job(somebody)
    pipeline.run(job.pk)
    charge = Entry.objects.get(reference=f"job:{job.pk}")

    credits.refund_by_staff(charge, staff=staff, reason="a rude customer")

    (line,) = [one for one in lines(browser.get("/notifications/newest")) if "refunded" in one]
    assert "We gave 1 credit back for “a red fox asleep”." in line
    assert "rude" not in line
    assert "See the drawing" in line


def test_answer_of_support_leads_to_the_conversation(browser, somebody):
    asked = Message("bug", "Five legs", "It should have four.", "", "", "")
    ticket = support.receive(asked, user=somebody)

    support.answer(ticket, staff=factories.person(), message="Mended.", once=uuid4())

    (line,) = lines(browser.get("/notifications/newest"))
    assert "Support answered" in line
    assert f'href="/contact/tickets/{ticket.pk}"' in newest(browser)


def test_unknown_kinds_are_shown_plainly(browser, somebody):
    Notification.objects.create(
        user=somebody, type="PROMO_MONTHLY", message="<b>Hello</b>", data={"generationId": "x"}
    )

    assert "&lt;b&gt;Hello" in newest(browser)
    assert "/d/" not in newest(browser)


def test_bell_does_not_count_further_than_it_says(browser, somebody, monkeypatch):
    told(somebody, 4)
    monkeypatch.setattr(context, "MOST", 2)

    page = browser.get("/terms")

    assert 'data-unseen="3"' in text(page)
    assert "Notifications, 2+ new" in text(page)
