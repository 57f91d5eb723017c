"""`/credits`: every line of the ledger, told to its person."""

import re

import pytest

from accounts.models import User
from credits import ledger
from credits import services as credits
from generations import pipeline
from tests import factories
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


def lines(page) -> list[tuple[str, ...]]:
    """What, how much and what was left, line by line."""
    table = text(page).partition('id="lines"')[2].partition("</table>")[0]
    found = re.findall(
        r'data-label="What">(.*?)</th>.*?"Credits"[^>]*>(.*?)</td>.*?"Balance"[^>]*>(.*?)</td>',
        table,
        re.DOTALL,
    )
    return [tuple(" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in line) for line in found]


def test_story_is_told_line_by_line(browser, person):
    failed, waits = factories.job(person), factories.job(person, prompt="a boat that waits")
    credits.capture(person.pk, 1, reference=failed.reference)
    credits.refund(person.pk, reference=failed.reference)
    staff = User.objects.create(email="staff@example.com", name="Staff")
    credits.grant_by_staff(person.pk, 5, staff=staff, reason="Sorry for the wait", once="1")

    page = browser.get("/credits")

    assert inline_code(page) == []
    assert lines(page) == [
        ("From our support team Sorry for the wait", "+5", "15"),
        (f"Given back: nothing was delivered {failed.prompt}", "+1", "10"),
        (f"Drawing {failed.prompt}", "−1", "9"),
        ("Welcome credits", "+10", "10"),
    ]
    assert f'href="/app?job={failed.pk}"' in text(page)
    assert str(staff.pk) not in text(page)
    set_aside = text(page).partition('id="promised"')[2]
    assert waits.prompt in set_aside and f'href="/app?job={waits.pk}"' in set_aside
    figures = re.findall(r'<dd class="stat-value">([^<]*)</dd>', text(page))
    assert figures[:3] == ["14", "1", "Free"]


def test_drawing_is_named_and_links_to_its_job(browser, person):
    job = factories.job(person)
    pipeline.run(job.pk)

    page = browser.get("/credits")

    assert lines(page)[0] == (f"Drawing {job.prompt}", "−1", "9")


def test_pages_hang_together(browser, person, monkeypatch):
    monkeypatch.setattr(ledger, "LINES", 3)
    for number in range(6):
        credits.grant(person.pk, 1, reference=f"test:{number}")

    first = browser.get("/credits")
    second = browser.get(re.search(r'href="(/credits\?before=\d+)"', text(first))[1])
    third = browser.get(re.search(r'href="(/credits\?before=\d+)"', text(second))[1])

    told = [line[2] for page in (first, second, third) for line in lines(page)]
    assert told == ["16", "15", "14", "13", "12", "11", "10"]
    assert "before=" not in text(third)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "٣"])
def test_nonsense_is_the_first_page(browser, before):
    assert lines(browser.get(f"/credits?before={before}")) == [("Welcome credits", "+10", "10")]


def test_ledger_of_others_is_not_seen(browser, person):
    other = factories.person(credits_left=77)
    job = factories.job(other, prompt="a secret whale", is_private=True)
    credits.capture(other.pk, 1, reference=job.reference)

    page = text(browser.get(f"/credits?before={10**9}"))

    assert "a secret whale" not in page and str(job.pk) not in page


def test_visitor_is_asked_to_sign_in():
    assert Browser().get("/credits").url == "/signin?next=/credits"


def test_number_of_queries_does_not_grow_with_lines(
    browser, person, django_assert_max_num_queries, django_assert_num_queries
):
    credits.capture(person.pk, 1, reference=factories.job(person).reference)
    browser.get("/credits")
    with django_assert_max_num_queries(20) as one:
        browser.get("/credits")
    for _ in range(3):
        job = factories.job(person)
        credits.capture(person.pk, 1, reference=job.reference)
    with django_assert_num_queries(len(one)):
        browser.get("/credits")
