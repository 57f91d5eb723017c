"""Tickets in the admin: who sees them, who answers, and what goes out."""

import re
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from accounts.mail import outbox
from accounts.models import Mail, StaffAction, Ticket, TicketReply
from tests import factories, mails

pytestmark = pytest.mark.django_db
INBOX = "help@chatsvg.example"
TICKETS = "/admin/accounts/ticket/"


@pytest.fixture(autouse=True)
def inbox(settings):
    settings.SUPPORT_EMAIL = INBOX


def member(role):
    user = factories.person(name=role)
    user.is_staff = True
    user.save()
    user.groups.add(Group.objects.get(name=role))
    return user


def admin(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ticket(user=None, **fields) -> Ticket:
    written = {
        "type": "bug",
        "subject": "Five <b>legs</b>",
        "message": "One too many.\n<script>alert(1)</script>",
        "email": user.email if user else "eve@example.com",
        "context_url": "javascript:alert(1)",
    }
    return Ticket.objects.create(user=user, **{**written, **fields})


def page_of(one) -> str:
    return f"{TICKETS}{one.pk}/change/"


def once_in(page) -> str:
    return re.search(r'name="once" value="([^"]+)"', page.content.decode())[1]


def send(client, one, **fields):
    once = once_in(client.get(page_of(one)))
    return client.post(page_of(one), {"answer": "", "once": once, **fields}, follow=True)


def proved(user):
    user.email_verified_at = timezone.now()
    user.save()
    return user


def test_answer_is_stored_sent_and_the_ticket_answered():
    one, helper = ticket(proved(factories.person(name="Ada"))), member("support")
    mails.deliver()

    reply = send(admin(helper), one, answer="  It has four now.\nSorry! ")

    one.refresh_from_db()
    kept = one.replies.get()
    assert (one.status, kept.staff, kept.message) == (
        "answered",
        helper,
        "It has four now.\nSorry!",
    )
    assert "waits to be sent" in reply.content.decode()
    [letter] = mails.deliver()
    assert (letter.to, letter.reply_to) == ([one.user.email], [INBOX])
    assert letter.subject == "Re: [BUG] Five <b>legs</b>"
    assert "It has four now.\nSorry!" in letter.body
    assert "Hello Ada" in letter.body
    assert TicketReply.objects.get().mail.sent_at


def test_answer_to_a_stranger_repeats_nothing_of_theirs():
    one = ticket()

    send(admin(member("support")), one, answer="Thanks.")

    [letter] = [letter for letter in mails.deliver() if letter.to == ["eve@example.com"]]
    assert letter.subject == "Our answer to your message [BUG]"
    assert "legs" not in letter.body + letter.alternatives[0].content


def test_answer_follows_somebody_to_their_new_address():
    person = proved(factories.person())
    one = ticket(person)
    person.email = "new@example.com"
    person.save()

    send(admin(member("support")), one, answer="Thanks.")

    assert Mail.objects.get(kind="support_reply").to == "new@example.com"


def test_answer_that_is_sent_twice_goes_out_once():
    one, client = ticket(), admin(member("support"))
    form = {"answer": "Thanks.", "once": str(uuid4())}

    for _ in range(2):
        client.post(page_of(one), form)

    assert one.replies.count() == 1
    assert Mail.objects.filter(kind="support_reply").count() == 1


def test_answer_tells_whether_it_was_sent(settings):
    one, client = ticket(), admin(member("support"))
    send(client, one, answer="Thanks.")
    assert "not sent yet" in client.get(page_of(one)).content.decode()

    mail = Mail.objects.get(kind="support_reply")
    Mail.objects.filter(pk=mail.pk).update(tries=outbox.TRIES, ended_at=timezone.now(), error="No!")
    assert "NOT SENT: No!" in client.get(page_of(one)).content.decode()

    Mail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
    assert "· sent 2" in client.get(page_of(one)).content.decode()

    Mail.objects.all().delete()
    assert "no longer kept" in client.get(page_of(one)).content.decode()


def test_ticket_is_closed_without_an_answer():
    one = ticket()

    client = admin(member("support"))
    assert "Say why" in send(client, one, close="on").content.decode()
    one.refresh_from_db()
    assert one.status == "open"

    send(client, one, close="on", reason="a test of the form")

    one.refresh_from_db()
    assert one.status == "closed"
    assert StaffAction.objects.get().reason == "a test of the form"
    assert not Mail.objects.filter(kind="support_reply").exists()


def test_ticket_is_answered_and_closed():
    one = ticket()

    send(admin(member("support")), one, answer="Thanks.", close="on")

    one.refresh_from_db()
    assert (one.status, one.replies.count()) == ("closed", 1)


@pytest.mark.parametrize("fields", [{}, {"answer": " \0 "}, {"answer": "x" * 8001}])
def test_empty_or_endless_answer_is_refused(fields):
    one = ticket()

    reply = send(admin(member("support")), one, **fields)

    one.refresh_from_db()
    assert "Please correct the error" in reply.content.decode()
    assert (one.status, one.replies.count()) == ("open", 0)


def test_nothing_that_was_written_can_be_changed():
    one = ticket()

    send(
        admin(member("support")),
        one,
        close="on",
        reason="r",
        message="x",
        email="mine@example.com",
        user="",
    )

    after = Ticket.objects.get()
    assert (after.message, after.email) == (one.message, one.email)


@pytest.mark.parametrize("role", ["billing", "operations"])
def test_other_roles_read_and_do_not_answer(role):
    one, client = ticket(), admin(member(role))
    page = client.get(page_of(one))

    assert client.get(TICKETS).status_code == page.status_code == 200
    assert "Five &lt;b&gt;legs" in page.content.decode()
    assert 'name="answer"' not in page.content.decode()
    assert 'name="action"' not in client.get(TICKETS).content.decode()
    form = {"answer": "x", "close": "on", "once": str(uuid4())}
    assert client.post(page_of(one), form).status_code == 403
    chosen = {"action": "close", "_selected_action": [str(one.pk)]}
    client.post(TICKETS, chosen)
    one.refresh_from_db()
    assert one.status == "open"


def test_staff_without_a_role_sees_nothing():
    helper = factories.person()
    helper.is_staff = True
    helper.save()

    assert admin(helper).get(TICKETS).status_code == 403
    assert admin(helper).get(page_of(ticket())).status_code == 403


def test_tickets_are_closed_and_opened_from_the_list():
    chosen, client = [ticket(), ticket()], admin(member("support"))

    def choose(action):
        ids = [str(one.pk) for one in chosen]
        why = {"reason": "tidying up", "once": str(uuid4())}
        return client.post(TICKETS, {"action": action, "_selected_action": ids, **why}, follow=True)

    assert "Closed: 2" in choose("close").content.decode()
    assert set(Ticket.objects.values_list("status", flat=True)) == {"closed"}
    choose("reopen")
    assert set(Ticket.objects.values_list("status", flat=True)) == {"open"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=eve@example", {"a"}),
        ("q=trunk", {"b"}),
        ("q=the+tru", {"b"}),
        ("q=%27+%26+%21", set()),
        ("q=elephant", {"b"}),
        ("status__exact=closed", {"b"}),
        ("type__exact=idea", {"b"}),
        ("q=nobody", set()),
    ],
)
def test_list_is_searched_and_filtered(query, found):
    ticket(subject="a")
    other = {"type": "idea", "status": "closed", "message": "the trunk", "subject": "b"}
    ticket(factories.person(email="elephant@example.com"), **other)

    page = admin(member("support")).get(f"{TICKETS}?{query}")

    assert {one.subject for one in page.context["cl"].result_list} == found


def test_list_asks_the_database_the_same_for_one_and_for_many(django_assert_max_num_queries):
    client = admin(member("support"))
    for _ in range(5):
        ticket(factories.person())

    with django_assert_max_num_queries(9):
        client.get(TICKETS)


def test_nothing_on_the_page_is_markup_or_leads_anywhere():
    one, client = ticket(), admin(member("support"))
    send(client, one, answer="<i>hello</i>")

    page = client.get(page_of(one)).content.decode()

    assert "<script>alert" not in page
    assert "<i>hello" not in page
    assert 'href="javascript' not in page


def test_history_names_nobody_and_says_who():
    one, helper = ticket(), member("support")

    send(admin(helper), one, answer="A secret word")

    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (helper, str(one.pk))
    assert "secret" not in entry.change_message
    assert "eve" not in entry.object_repr


def test_ticket_is_found_by_the_number_that_people_know():
    one = ticket()
    ticket(subject="another")

    for typed in (one.number, f"#{one.number}".lower()):
        page = admin(member("support")).get(TICKETS, {"q": typed})
        assert list(page.context["cl"].result_list) == [one]


def test_what_the_person_wrote_later_is_theirs_on_the_page():
    one = ticket(factories.person())
    one.replies.create(message="It happened again.")

    page = admin(member("support")).get(page_of(one)).content.decode()

    assert "from the person" in page
    assert "It happened again." in page
