"""What mails say."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.utils import timezone

from accounts.emails import services as emails
from accounts.mail import letters, post
from accounts.models import Mail, Ticket

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
EVIL = '<img src=x onerror="x"> & co'
SUPPORT = {
    "type": "bug",
    "subject": EVIL,
    "message": f"{EVIL}\nsecond line",
    "reply_to": "eve@example.com",
    "facts": [["User agent", EVIL]],
}
CONTEXTS = {
    "security": {"message": EVIL, "device": EVIL, "ip": "192.0.2.1"},
    "support_inbox": SUPPORT,
    "support_received": {"type": "bug", "subject": EVIL},
}


class Tags(HTMLParser):
    """The elements of a page, and where they lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names, self.links, self.handlers = set(), [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.links += [value for name, value in attrs if name in ("href", "src")]


@pytest.fixture
def ada(person):
    person.name, person.email_verified_at = "Ada <b>Lovelace</b>", None
    person.save()
    return person


def written(kind, user, to=None, **context):
    context = CONTEXTS.get(kind, {}) | context
    if kind == "email_change_confirm":
        to, context = "new@example.com", {"since": emails.state(user)}
    if kind == "export_ready":
        tomorrow = timezone.now() + timedelta(days=1)
        export = user.exports.create(status="READY", expires_at=tomorrow)
        context = {"export": str(export.pk)}
    if kind == "support_reply":
        context = {"reply": str(replied(user).pk)}
    if kind == "admin_access":
        context = {"browser": "0" * 64}
    mail = post(kind, to=to or user.email, user=user, **context)
    return letters.write(Mail.objects.get(pk=mail.pk))


def replied(user):
    ticket = Ticket.objects.create(
        user=user, type="bug", subject=EVIL, message=EVIL, email=user.email
    )
    return ticket.replies.create(staff=user, message=f"{EVIL}\nsecond line")


def prove(user):
    user.email_verified_at = timezone.now()
    user.save()
    return user


@pytest.mark.parametrize("kind", letters.kinds())
def test_every_kind_is_a_subject_a_text_and_a_safe_page(ada, settings, kind):
    settings.SUPPORT_EMAIL, settings.ADMIN_EMAILS = "help@example.com", [ada.email]

    letter = written(kind, ada)

    page = Tags(letter.html)
    assert 8 < len(letter.subject) < 90
    assert "\n" not in letter.subject
    assert "&lt;" not in letter.text + letter.subject
    assert "&amp;" not in letter.text + letter.subject
    assert max(map(len, letter.text.splitlines())) < 120
    assert page.names.isdisjoint({"script", "img", "link", "iframe", "form", "b"})
    assert page.handlers == []
    ours = (settings.PUBLIC_URL, settings.FRONTEND_URL, "mailto:help@example.com")
    assert all(link.startswith(ours) for link in page.links)
    for link in re.findall(r"https?://\S+token=\w+", letter.text):
        assert link in page.links
    assert "{{" not in letter.text + letter.html
    assert "{%" not in letter.text + letter.html


@pytest.mark.parametrize("kind", [x for x in letters.kinds() if x != "support_inbox"])
def test_name_is_not_said_to_a_mailbox_that_nobody_proved(ada, settings, kind):
    settings.ADMIN_EMAILS = [ada.email]

    letter = written(kind, ada)

    assert "Lovelace" not in letter.subject + letter.text + letter.html
    assert "Hello," in letter.text


@pytest.mark.parametrize("kind", ["welcome", "security", "support_received"])
def test_name_is_said_to_who_proved_the_mailbox(ada, kind):
    letter = written(kind, prove(ada))

    assert "Hello Ada <b>Lovelace</b>," in letter.text
    assert "Hello Ada &lt;b&gt;Lovelace&lt;/b&gt;," in letter.html


def test_name_is_not_said_to_another_mailbox(ada):
    letter = written("security", prove(ada), to="other@example.com")

    assert "Lovelace" not in letter.text + letter.html


def test_confirmation_of_a_message_gives_strangers_nothing_of_it(ada):
    to_stranger = letters.write(post("support_received", to="eve@example.com", **SUPPORT))
    to_ada = written("support_received", prove(ada))

    assert "onerror" not in to_stranger.subject + to_stranger.text + to_stranger.html
    assert to_stranger.subject == "We received your message [BUG]"
    assert EVIL in to_ada.text
    assert "&lt;img" in to_ada.html


def test_answer_shows_what_they_wrote_to_who_proved_the_mailbox(ada):
    reply = replied(ada)
    to_stranger = letters.write(post("support_reply", to=ada.email, reply=str(reply.pk)))
    prove(ada)
    to_ada = letters.write(post("support_reply", to=ada.email, reply=str(reply.pk)))

    assert to_stranger.subject == "Our answer to your message [BUG]"
    assert to_stranger.text.count(EVIL) == 1  # what we answered
    assert to_ada.subject == f"Re: [BUG] {EVIL}"
    assert "&lt;img" in to_ada.html


def test_answer_that_was_deleted_is_not_sent(ada):
    reply = replied(ada)
    mail = post("support_reply", to=ada.email, user=ada, reply=str(reply.pk))
    reply.ticket.delete()

    assert letters.write(mail) is None


def test_message_for_the_inbox_is_told_whole(ada):
    letter = written("support_inbox", ada, to="inbox@example.com")

    assert letter.subject == f"[BUG] {EVIL}"
    assert letter.text == (f"{EVIL}\nsecond line\n\nFrom: eve@example.com\nUser agent: {EVIL}\n")


def test_security_mail_says_what_when_where_and_what_to_do(ada, settings):
    letter = written("security", ada, message="Your password was changed.", device=FIREFOX)

    today = f"{timezone.now():%B %Y}"
    for said in (
        "Your password was changed.",
        today,
        "Firefox on Linux",
        "192.0.2.1",
        "/forgot-password",
    ):
        assert said in letter.text
        assert said in letter.html


@pytest.mark.parametrize("kind", ["welcome", "verify", "email_change_confirm"])
def test_mail_to_somebody_who_left_is_needless(ada, kind):
    ada.is_active = False
    ada.save()

    assert written(kind, ada) is None


@pytest.mark.parametrize("kind", ["welcome", "verify"])
def test_mail_to_an_address_that_was_changed_is_needless(ada, kind):
    assert written(kind, ada, to="old@example.com") is None
