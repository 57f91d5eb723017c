"""What people write to us (CONTRACT §3.6)."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import Mail, Ticket
from accounts.profile import deletion, exports
from accounts.signals import data_wanted
from accounts.support.asked import cut
from chatsvg.ratelimits import rules
from chatsvg.text import utf16_length
from tests import factories, mails
from tests.conftest import Api
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
INBOX = "help@chatsvg.example"
WRITTEN = {
    "type": "bug",
    "subject": "My fox has five legs",
    "message": "It should have four.\nThank you",
    "contextUrl": "https://chatsvg.example/history?page=2",
    "userAgent": "Netscape/4.0",
}
THANKS = {"ok": True, "message": "Thank you — your message was received!"}


@pytest.fixture(autouse=True)
def inbox(settings):
    settings.SUPPORT_EMAIL = INBOX


@pytest.fixture
def ada(person):
    person.email_verified_at = timezone.now()
    person.save()
    return person


def contact(api, **fields):
    return api.post("/support/contact", {**WRITTEN, **fields})


def support_mails() -> list[tuple[str, str]]:
    wanted = Mail.objects.filter(kind__startswith="support").order_by("created_at")
    return list(wanted.values_list("kind", "to"))


# --- Taken in -------------------------------------------------------------------------------------


def test_message_of_a_stranger_is_stored_and_told_to_the_inbox(api):
    reply = api.post(
        "/support/contact",
        {**WRITTEN, "email": " Eve@Example.com "},
        **{"x-request-id": "the-request"},
    )

    assert (reply.status_code, reply.json()) == (200, THANKS)
    assert reply["Cache-Control"] == "private, no-store"
    ticket = Ticket.objects.get()
    assert (ticket.user, ticket.email, ticket.status) == (None, "eve@example.com", "open")
    assert (ticket.type, ticket.subject) == ("bug", WRITTEN["subject"])
    assert ticket.message == WRITTEN["message"]
    assert (ticket.context_url, ticket.user_agent) == (WRITTEN["contextUrl"], "Netscape/4.0")
    assert (ticket.ip_address, ticket.request_id) == ("127.0.0.1", "the-request")
    assert support_mails() == [("support_inbox", INBOX)]


def test_stranger_gets_no_mail_at_all(api):
    """S26: otherwise anybody could have us write to anybody."""
    contact(api, email="victim@example.com", subject="Pay at https://evil.example")

    assert [letter.to for letter in mails.deliver()] == [[INBOX]]


def test_message_of_a_person_comes_from_their_own_address(signed_in, ada):
    reply = contact(signed_in, email="somebody-else@example.com")

    assert reply.json() == THANKS
    ticket = Ticket.objects.get()
    assert (ticket.user, ticket.email) == (ada, ada.email)
    assert support_mails() == [("support_inbox", INBOX), ("support_received", ada.email)]


def test_person_who_has_not_proved_the_mailbox_is_not_thanked_by_mail(signed_in):
    contact(signed_in)

    assert support_mails() == [("support_inbox", INBOX)]


def test_message_is_kept_where_nobody_reads_mails(api, settings):
    settings.SUPPORT_EMAIL = ""

    assert contact(api, email="eve@example.com").json() == THANKS
    assert Ticket.objects.count() == 1
    assert support_mails() == []


def test_message_is_received_while_the_mail_server_is_away(api, settings):
    """R24: it is stored, and the mail is tried again; nothing is said to be sent."""
    settings.EMAIL_BACKEND = "accounts.mail.nowhere.EmailBackend"

    assert contact(api, email="eve@example.com").json() == THANKS
    assert mails.deliver() == []

    mail = Mail.objects.get(kind="support_inbox")
    assert (mail.sent_at, mail.ended_at, mail.tries) == (None, None, 1)
    assert Ticket.objects.count() == 1


# --- Refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"type": "spam"}, "Invalid support message type"),
        ({"type": None}, "Invalid support message type"),
        ({"type": 7, "subject": ""}, "Invalid support message type"),
        ({"type": ["bug"]}, "Invalid support message type"),
        ({"subject": ""}, "Subject and message are required"),
        ({"subject": " \0\n "}, "Subject and message are required"),
        ({"subject": {"a": 1}}, "Subject and message are required"),
        ({"message": "  \n "}, "Subject and message are required"),
        ({"message": 12}, "Subject and message are required"),
        ({"message": None, "email": "x"}, "Subject and message are required"),
        ({"email": "x"}, "Invalid email format"),
        ({"email": "two@example.com, three@example.com"}, "Invalid email format"),
        ({"email": "a@b\r\nBcc: c@d.example"}, "Invalid email format"),
        ({"email": ""}, "Email is required when not logged in"),
        ({"email": 5}, "Email is required when not logged in"),
        ({}, "Email is required when not logged in"),
    ],
)
def test_message_is_refused_in_the_contracts_words(api, fields, error):
    reply = contact(api, **fields)

    assert (reply.status_code, reply.json()) == (400, {"error": error})
    assert not Ticket.objects.exists()
    assert support_mails() == []


def test_empty_body_is_refused(api):
    assert api.post("/support/contact", {}).json() == {"error": "Invalid support message type"}


def test_message_without_a_token_is_blocked(db):
    reply = Client(enforce_csrf_checks=True).post("/api/support/contact", WRITTEN)

    assert reply.status_code == 403
    assert not Ticket.objects.exists()


def test_person_whose_token_ran_out_is_asked_to_refresh(signed_in, person):
    """The client sends no e-mail for somebody who is signed in, and refreshes after a 401."""
    del signed_in.client.cookies["token"]
    refused = contact(signed_in)
    assert (refused.status_code, refused.json()) == (401, {"error": "No token provided"})

    signed_in.post("/auth/refresh")

    assert contact(signed_in).status_code == 200
    assert Ticket.objects.get().user == person


def test_stranger_with_an_ended_session_can_write_by_giving_an_address(signed_in, person):
    tokens.revoke(person.sessions.get(), because="test")

    assert contact(signed_in).status_code == 401
    assert contact(signed_in, email="eve@example.com").status_code == 200
    assert Ticket.objects.get().user is None


def test_sixth_message_in_ten_minutes_is_refused(api, limited):
    statuses = [contact(api, email="eve@example.com").status_code for _ in range(5)]
    reply = contact(api, email="eve@example.com")

    assert statuses == [200] * 5
    assert (reply.status_code, reply.json()) == (429, {"error": rules.SUPPORT.sentence})
    assert 0 < int(reply["Retry-After"]) <= 601
    assert Ticket.objects.count() == 5


def test_refused_messages_count_as_well(api, limited):
    for _ in range(5):
        contact(api, type="spam")

    assert contact(api, email="eve@example.com").status_code == 429


# --- Cleaned and cut ------------------------------------------------------------------------------


def test_long_values_are_cut_in_utf16_units(api):
    fox = "🦊"  # two units
    contact(
        api,
        subject="a" + fox * 150,
        message=fox * 5000,
        email=f"{'e' * 300}@example.com",
        contextUrl="https://x.example/" + "u" * 3000,
        userAgent=fox * 400,
    )
    assert not Ticket.objects.exists()  # an address that was cut is none

    contact(
        api,
        subject="a" + fox * 150,
        message=fox * 5000,
        email="eve@example.com",
        contextUrl="https://x.example/" + "u" * 3000,
        userAgent=fox * 400,
    )

    ticket = Ticket.objects.get()
    assert ticket.subject == "a" + fox * 99  # never half a fox
    assert ticket.message == fox * 4000
    assert (len(ticket.context_url), utf16_length(ticket.user_agent)) == (2048, 512)


def test_cut_never_leaves_half_a_pair():
    assert [cut("a🦊b", most) for most in range(5)] == ["", "a", "a", "a🦊", "a🦊b"]


def test_nul_and_lone_surrogates_are_left_out(api):
    contact(api, email="eve@example.com", subject="\0a\0\ud800b", message=" \0 c\udc00\0d\n")

    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.message) == ("ab", "cd")


def test_user_agent_comes_from_the_header_where_the_body_has_none(api):
    contact(api, email="eve@example.com", userAgent=None)
    headers = {"User-Agent": "curl/8"}
    api.post("/support/contact", {**WRITTEN, "email": "e@x.example", "userAgent": 1}, **headers)

    agents = Ticket.objects.order_by("created_at").values_list("user_agent", flat=True)
    assert list(agents) == ["", "curl/8"]


# --- The mails, through a real server -------------------------------------------------------------


def part(letter, kind: str) -> str:
    return letter.get_body((kind,)).get_content()


def test_inbox_mail_arrives_with_its_tag_and_whom_to_answer(api, mailbox):
    contact(api, email="eve@example.com")
    mails.deliver()

    [letter] = mailbox.letters
    assert mailbox.recipients == [[INBOX]]
    assert letter["Subject"] == "[BUG] My fox has five legs"
    assert letter["Reply-To"] == "eve@example.com"
    ticket = Ticket.objects.get()
    for told in (
        *("It should have four.", "Netscape/4.0", WRITTEN["contextUrl"], "127.0.0.1"),
        *("not signed in", ticket.request_id, f"/admin/accounts/ticket/{ticket.pk}/change/"),
    ):
        assert told in part(letter, "plain")
        assert told in part(letter, "html")


@pytest.mark.parametrize(
    ("kind", "tag"), [("contact", "MESSAGE"), ("bug", "BUG"), ("idea", "IDEA")]
)
def test_each_type_has_its_tag(api, kind, tag):
    contact(api, email="eve@example.com", type=kind)

    [letter] = mails.deliver()
    assert letter.subject == f"[{tag}] My fox has five legs"


def test_nothing_in_a_message_becomes_a_header_or_markup(api, mailbox):
    evil = 'Hi\r\nBcc: victim@example.com\r\n\r\n<img src=x onerror="x">\u2028\x07'
    contact(api, email="eve@example.com", subject=evil, message=evil, contextUrl=evil)
    mails.deliver()

    [letter] = mailbox.letters
    assert mailbox.recipients == [[INBOX]]
    assert letter["Bcc"] is None
    assert letter["Subject"] == ('[BUG] Hi Bcc: victim@example.com <img src=x onerror="x">')
    assert "<img" not in part(letter, "html")
    assert "&lt;img" in part(letter, "html")
    assert '<img src=x onerror="x">' in part(letter, "plain")


def test_confirmation_goes_to_the_proved_mailbox_and_is_escaped(signed_in, ada, mailbox):
    contact(signed_in, subject="<b>fox</b>")
    mails.deliver()

    [_welcome, letter] = [one for one in mailbox.letters if one["To"] == ada.email]
    assert letter["Subject"] == "We received your message [BUG]"
    assert "<b>" not in part(letter, "html")
    assert "&lt;b&gt;fox&lt;/b&gt;" in part(letter, "html")


# --- Theirs ---------------------------------------------------------------------------------------


def test_tickets_go_along_in_an_export(signed_in, ada):
    contact(signed_in)
    contact(Api(), email=ada.email, subject="From my telephone")
    contact(Api(), email="eve@example.com", subject="Of somebody else")

    files = {
        name: "".join(pieces)
        for _, found in data_wanted.send(Ticket, user=ada)
        for name, pieces in found
        if name == "tickets.json"
    }

    assert "My fox has five legs" in files["tickets.json"]
    assert "From my telephone" in files["tickets.json"]
    assert "Of somebody else" not in files["tickets.json"]


def test_export_is_built_with_the_tickets(signed_in, ada, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }
    contact(signed_in)
    export = exports.ask(ada)

    exports.build(export.pk)

    export.refresh_from_db()
    assert export.status == "READY"


def test_what_was_typed_with_an_unproved_address_is_not_its_owners(signed_in, person):
    contact(Api(), email=person.email)

    assert list(Ticket.objects.of(person)) == []


def test_tickets_and_their_mails_go_with_the_person(signed_in, ada):
    contact(signed_in)
    contact(Api(), email=ada.email)
    contact(Api(), email="eve@example.com")

    deletion.delete(ada, tokens.issue(ada).session, password=PASSWORD)

    assert [ticket.email for ticket in Ticket.objects.all()] == ["eve@example.com"]
    assert support_mails() == [("support_inbox", INBOX)]
    assert Mail.objects.get(kind="support_inbox").context["reply_to"] == "eve@example.com"


def test_what_came_in_while_they_were_deleted_goes_later(ada):
    deletion.delete(ada, tokens.issue(ada).session, password=PASSWORD)
    Ticket.objects.create(user=ada, type="bug", subject="s", message="m", email="old@example.com")

    deletion.forget_late()

    assert not Ticket.objects.exists()


def test_nobody_deletes_what_others_wrote_by_claiming_their_address(api):
    contact(api, email="victim@example.com")
    eve = factories.person(email="victim@example.com")

    deletion.delete(eve, tokens.issue(eve).session, password=PASSWORD)

    assert Ticket.objects.count() == 1
