"""`/contact` and what was written there, without scripts."""

import re
from uuid import uuid4

import pytest

from accounts.models import Mail, Ticket
from accounts.support import services
from accounts.support.asked import Message
from chatsvg.ratelimits import rules
from tests import factories
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
INBOX = "help@chatsvg.example"


@pytest.fixture(autouse=True)
def inbox(settings):
    settings.SUPPORT_EMAIL = INBOX


def field(reply, name) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', text(reply))[1]


def write(browser, *, to="/contact", **fields):
    """Fill the form in as it is shown, and send it."""
    page = browser.get(to)
    asked = {"type": "bug", "subject": "Five legs", "message": "It should have four."}
    return browser.post("/contact", {"once": field(page, "once"), **asked, **fields})


# --- The form -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "kind", "subject"),
    [
        ("/contact", "contact", "A question about ChatSVG"),
        ("/contact?type=bug", "bug", "Something does not work"),
        ("/contact?type=idea&from=/gallery", "idea", "An idea for ChatSVG"),
        ("/contact?type=nonsense", "contact", "A question about ChatSVG"),
    ],
)
def test_kind_of_the_address_is_chosen_with_its_subject(address, kind, subject):
    page = Browser().get(address)

    assert re.search(r'value="(\w+)"[^>]* checked>', text(page))[1] == kind
    assert field(page, "subject") == subject
    assert inline_code(page) == []


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "javascript:x", ""])
def test_only_a_page_of_ours_is_mentioned(where):
    page = Browser().client.get("/contact", {"from": where})

    assert 'name="from"' not in text(page)


def test_visitor_writes_with_an_address_and_is_thanked_with_a_number():
    browser = Browser()

    reply = write(browser, email="Eve@Example.com", **{"from": "/gallery?style=flat"})

    ticket = Ticket.objects.get()
    assert (reply.status_code, reply["Location"]) == (303, "/contact?sent")
    assert (ticket.email, ticket.user, ticket.type) == ("eve@example.com", None, "bug")
    assert ticket.context_url.endswith("/gallery?style=flat")
    thanks = text(browser.get(reply["Location"]))
    assert ticket.number in thanks
    assert "Send another" in thanks
    assert "/contact/tickets/" not in thanks


def test_person_is_led_to_their_message():
    user = factories.person()
    browser = Browser().sign_in(user)

    reply = write(browser, email="somebody-else@example.com")

    ticket = Ticket.objects.get()
    assert (ticket.user, ticket.email) == (user, user.email)
    assert f"/contact/tickets/{ticket.pk}" in text(browser.get(reply["Location"]))


def test_form_that_is_sent_twice_is_one_message():
    browser = Browser()
    fields = {"once": str(uuid4()), "email": "eve@example.com"}

    replies = [write(browser, **fields) for _ in range(2)]

    assert [reply.status_code for reply in replies] == [303, 303]
    assert Ticket.objects.count() == 1
    assert Mail.objects.filter(kind="support_inbox").count() == 1


def test_forms_that_arrive_at_the_same_time_are_one_message():
    message, once = Message("bug", "Mine", "Words", "eve@example.com", "", ""), uuid4()

    first, second = (services.receive(message, once=once) for _ in range(2))

    assert first == second
    assert Mail.objects.filter(kind="support_inbox").count() == 1


def test_id_of_anothers_message_tells_nothing_and_changes_nothing():
    theirs = services.receive(Message("bug", "Mine", "Secret", "", "", ""), user=factories.person())

    stranger = Browser()
    reply = write(stranger, once=str(theirs.pk), email="eve@example.com")

    assert reply.status_code == 303
    assert Ticket.objects.count() == 2
    assert theirs.number not in text(stranger.get(reply["Location"]))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"message": "  "}, "Please write a subject and a message."),
        ({"email": ""}, "Please give us an e-mail address"),
        ({"email": "nowhere"}, "That is no e-mail address."),
        ({"type": "x"}, "Please choose what it is about."),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_stays(fields, said):
    reply = write(Browser(), **{"email": "eve@example.com", "message": "Kept.", **fields})

    assert reply.status_code == 400
    assert said in text(reply)
    assert fields.get("message", "Kept.").strip() in text(reply)
    assert field(reply, "subject") == "Five legs"
    assert not Ticket.objects.exists()


def test_too_many_messages_are_refused_kindly(limited):
    browser = Browser()
    most = rules.SUPPORT.rates[0].times
    for number in range(most):
        assert write(browser, email="eve@example.com", message=f"{number}").status_code == 303

    reply = write(browser, email="eve@example.com", message="one more")

    assert reply.status_code == 429
    assert "Too many support messages" in text(reply)
    assert "one more" in text(reply)
    assert int(reply["Retry-After"]) > 0


@pytest.mark.parametrize("token", ["", "x", "eyJ.forged.one"])
def test_thanks_cannot_be_made_up(token):
    browser = Browser()
    browser.client.cookies["contact-sent"] = token

    page = text(browser.get("/contact?sent"))

    assert "Thank you" not in page
    assert "Write to us" in page


# --- What was written -----------------------------------------------------------------------------


@pytest.fixture
def ada():
    return factories.person()


@pytest.fixture
def browser(ada):
    return Browser().sign_in(ada)


@pytest.fixture
def ticket(ada):
    asked = Message("bug", "Five legs", "It should have four.\n\nThank you", "", "", "")
    return services.receive(asked, user=ada)


def test_messages_and_their_state_are_listed(browser, ticket, ada):
    services.move(ticket, Ticket.Status.ANSWERED)

    page = text(browser.get("/contact/tickets"))

    assert f'href="/contact/tickets/{ticket.pk}">Five legs<' in page
    assert ">Answered<" in page


def test_list_goes_on(browser, ada):
    for number in range(21):
        services.receive(Message("idea", f"Idea {number}", "x", "", "", ""), user=ada)

    first = text(browser.get("/contact/tickets"))
    more = re.search(r'href="(/contact/tickets\?cursor=[^"]+)"', first)[1]

    assert "Idea 20<" in first
    assert "Idea 0<" in text(browser.get(more))


def test_list_asks_as_much_for_many_as_for_one(browser, ada, ticket, django_assert_num_queries):
    with django_assert_num_queries(4) as one:
        browser.get("/contact/tickets")
    services.receive(Message("idea", "More", "x", "", "", ""), user=ada)
    with django_assert_num_queries(len(one)):
        browser.get("/contact/tickets")


def test_conversation_shows_who_said_what_and_no_names_of_staff(browser, ticket):
    staff = factories.person(name="Grace Backstage")
    services.answer(ticket, staff=staff, message="<b>Mended</b>", once=uuid4())

    page = text(browser.get(f"/contact/tickets/{ticket.pk}"))

    assert "ChatSVG support" in page
    assert "&lt;b&gt;Mended" in page
    assert "Grace" not in page
    assert staff.email not in page


def test_follow_up_opens_the_message_again_and_tells_the_inbox(browser, ticket):
    services.move(ticket, Ticket.Status.CLOSED)
    address = f"/contact/tickets/{ticket.pk}"
    once = field(browser.get(address), "once")

    replies = [
        browser.post(f"{address}/reply", {"once": once, "message": "Now it has six."})
        for _ in range(2)
    ]

    assert [reply["Location"] for reply in replies] == [f"{address}#last"] * 2
    ticket.refresh_from_db()
    assert ticket.status == "open"
    (more,) = ticket.replies.all()
    assert (more.staff, more.message) == (None, "Now it has six.")
    newest = Mail.objects.filter(kind="support_inbox").order_by("-created_at").first()
    assert newest.context["message"] == "Now it has six."
    assert "Now it has six." in text(browser.get(address))


def test_follow_up_without_words_is_refused(browser, ticket):
    reply = browser.post(f"/contact/tickets/{ticket.pk}/reply", {"message": "  "})

    assert reply.status_code == 400
    assert "Please write something first." in text(reply)


def test_messages_of_others_are_missing(browser):
    theirs = services.receive(Message("bug", "x", "y", "", "", ""), user=factories.person())
    address = f"/contact/tickets/{theirs.pk}"

    assert browser.get(address).status_code == 404
    assert browser.post(f"{address}/reply", {"message": "hello"}).status_code == 404
    assert not theirs.replies.exists()
    assert browser.get("/contact/tickets/nonsense").status_code == 404


def test_visitor_is_asked_to_sign_in():
    reply = Browser().get("/contact/tickets")

    assert (reply.status_code, reply["Location"]) == (302, "/signin?next=/contact/tickets")
