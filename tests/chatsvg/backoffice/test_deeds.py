"""Who may do what, once, with a reason, and on the record."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.utils import timezone

from accounts import tokens
from accounts.keys import asked
from accounts.keys import services as keys
from accounts.models import Mail, Session, StaffAction, Ticket, User
from accounts.signals import data_wanted, user_deleted
from chatsvg.backoffice.deeds import DEEDS
from credits.models import Entry
from generations import audit, pipeline, services
from generations.models import Job
from generations.pipeline.steps import Fault, give_up
from realtime.models import Notification
from tests import factories
from tests.desks import ROLES, at_the_desk, do, drawn, member, text

pytestmark = pytest.mark.django_db

WHO = {
    "grant": {"billing"},
    "refund": {"billing"},
    "retry": {"billing", "operations"},
    "requeue": {"operations"},
    "cancel": {"operations"},
    "unpublish": {"support", "operations"},
    "read": {"support", "operations"},
    "sign-out": {"operations"},
    "end-session": {"operations"},
    "revoke-key": {"operations"},
    "suspend": {"operations"},
    "let-in": {"operations"},
}


def subject(name: str):
    """Something that it can be done to."""
    person = factories.person()
    if name in ("grant", "sign-out", "suspend"):
        return person
    if name == "let-in":
        User.objects.filter(pk=person.pk).update(is_active=False)
        return person
    if name == "end-session":
        return tokens.issue(person).session
    if name == "revoke-key":
        return keys.create(person, asked.key({"name": "CI", "environment": "test"}))[0]
    if name in ("cancel", "requeue"):
        job = factories.job(person)
        return pipeline.claim(job.pk) if name == "requeue" else job
    job = drawn(person)
    return job.generation if name == "unpublish" else job


def test_the_table_is_of_all_deeds():
    assert WHO.keys() == DEEDS.keys()


@pytest.mark.parametrize("name", WHO)
def test_each_deed_is_for_its_roles_alone_and_leaves_its_record(name):
    row = subject(name)
    path = f"/admin/do/{name}/{row.pk}/"
    may = {role for role in ROLES if role in WHO[name] or role == "superuser"}
    fields = {"amount": 5} if name == "grant" else {}

    for role in set(ROLES) - may:
        client = at_the_desk(role)
        assert client.get(path).status_code == 403, role
        assert do(client, name, row, **fields).status_code == 403, role
    assert not StaffAction.objects.exists()
    for role in may:
        assert at_the_desk(role).get(path).status_code == 200, role

    staff = member(min(WHO[name]))
    reply = do(at_the_desk(user=staff), name, row, **fields)

    assert reply.status_code == 302, text(reply)
    action = StaffAction.objects.get()
    person = row if isinstance(row, User) else row.user
    assert (action.staff, action.person, action.reason) == (staff, person, "because")
    assert (action.kind, action.about) == (DEEDS[name].kind, f"{row._meta.model_name}:{row.pk}")
    assert "because" in LogEntry.objects.get(user=staff, object_id=str(row.pk)).change_message


@pytest.mark.parametrize("name", WHO)
def test_nothing_is_done_without_a_reason_or_by_looking(name):
    row, client = subject(name), at_the_desk("superuser")
    before = (Entry.objects.count(), Job.objects.count(), Mail.objects.count())

    page = client.get(f"/admin/do/{name}/{row.pk}/")
    reply = do(client, name, row, reason="  ", amount=5)

    assert 'name="csrfmiddlewaretoken"' in page.content.decode()
    assert "This field is required." in text(reply)
    assert not StaffAction.objects.exists()
    assert (Entry.objects.count(), Job.objects.count(), Mail.objects.count()) == before


@pytest.mark.parametrize("name", WHO)
def test_a_form_that_is_sent_twice_does_it_once(name):
    row, client, once = subject(name), at_the_desk("superuser"), uuid4()
    fields = {"amount": 5} if name == "grant" else {}

    do(client, name, row, once=once, **fields)
    counted = (Entry.objects.count(), Job.objects.count(), Notification.objects.count())
    again = do(client, name, row, once=once, **fields)

    assert again.status_code == 302
    assert StaffAction.objects.count() == 1
    assert (Entry.objects.count(), Job.objects.count(), Notification.objects.count()) == counted


def test_what_is_not_for_a_role_is_said_in_the_desk():
    page = at_the_desk("support").get(f"/admin/do/grant/{factories.person().pk}/")

    assert page.status_code == 403
    assert "You are support" in text(page) and "Overview" in text(page)


def test_strangers_and_visitors_are_sent_to_the_sign_in(client):
    person = factories.person()

    for asker in (client, at_the_desk(user=factories.person())):
        for path in (f"/admin/do/grant/{person.pk}/", f"/admin/person/{person.pk}/"):
            reply = asker.get(path)
            assert reply.status_code == 302 and "/admin/login/" in reply["Location"]


def test_given_credits_are_told():
    person = factories.person(credits_left=1)

    do(at_the_desk("billing"), "grant", person, amount=20, reason="the outage")

    person.wallet.refresh_from_db()
    assert person.wallet.balance == 21
    note = Notification.objects.get(user=person, title="Credits added")
    assert note.message == "20 credits came to your account, from our support."


@pytest.mark.parametrize("amount", ["", 0, -5, 10_001, "many"])
def test_odd_amounts_are_refused(amount):
    person = factories.person(credits_left=1)

    reply = do(at_the_desk("billing"), "grant", person, amount=amount)

    assert reply.status_code == 200
    assert Entry.objects.filter(reference__startswith="staff:").count() == 0


def test_unpublished_drawing_leaves_the_gallery_and_its_person_is_told(client):
    drawing = drawn(factories.person()).generation
    address = f"/api/svg/public?limit=50&search={drawing.pk}"

    do(at_the_desk("support"), "unpublish", drawing, reason="a brand mark")

    drawing.refresh_from_db()
    assert drawing.is_private is True
    assert str(drawing.pk) not in client.get(address).content.decode()
    assert Notification.objects.get(title="Drawing made private").user == drawing.user
    assert "not public" in text(do(at_the_desk("support"), "unpublish", drawing))


def test_canceled_by_staff_costs_nothing_and_is_told():
    job = factories.job()

    do(at_the_desk("operations"), "cancel", job)

    job.refresh_from_db()
    assert (job.status, job.charge) == ("CANCELED", "RELEASED")
    assert Notification.objects.get(title="Drawing stopped").user == job.user


def test_signed_out_everywhere_and_told_by_mail():
    person = factories.person()
    sessions = [tokens.issue(person).session for _ in range(2)]

    do(at_the_desk("operations"), "sign-out", person)

    assert not Session.objects.live().filter(pk__in=[one.pk for one in sessions]).exists()
    assert Mail.objects.filter(user=person, kind="security").count() == 1


def test_one_device_is_signed_out_and_told_by_mail():
    person = factories.person()
    kept, lost = [tokens.issue(person).session for _ in range(2)]
    client = at_the_desk("operations")
    page = client.get(f"/admin/person/{person.pk}/sessions/").content.decode()
    assert f"/admin/do/end-session/{lost.pk}/" in page

    reply = do(client, "end-session", lost)

    assert reply["Location"] == f"/admin/person/{person.pk}/sessions/"
    assert list(person.sessions.live()) == [kept]
    assert Mail.objects.filter(user=person, kind="security").count() == 1


def test_prompt_is_read_with_a_reason_for_an_hour_by_who_gave_it():
    job = drawn(factories.person())
    words, path = job.prompt, f"/admin/generations/job/{job.pk}/change/"
    client, colleague = at_the_desk("support"), at_the_desk("support")
    before = text(client.get(path))
    assert words not in before and "Private until you say why" in before

    reply = do(client, "read", job, reason="which fox does the ticket mean")

    assert reply["Location"] == path
    assert words in text(client.get(path))
    assert words not in text(colleague.get(path))
    assert words not in text(client.get("/admin/generations/job/"))
    told = StaffAction.objects.get()
    assert (told.kind, told.person, told.reason) == (
        *("read", job.user),
        "which fox does the ticket mean",
    )
    StaffAction.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert words not in text(client.get(path))


def test_who_may_not_read_a_prompt_is_told_why():
    job, boss = drawn(factories.person()), member("superuser")
    path = "/admin/generations/job/{}/change/"

    assert "Your role does not read" in text(at_the_desk("billing").get(path.format(job.pk)))
    theirs = text(at_the_desk("support").get(path.format(drawn(boss).pk)))
    assert "Only a superuser may do this" in theirs
    Job.objects.update(prompt="")
    assert "It is gone" in text(at_the_desk("support").get(path.format(job.pk)))


def test_staff_are_kept_out_by_superusers_alone():
    colleague = member("support")

    reply = do(at_the_desk("operations"), "suspend", colleague)

    assert "Only a superuser" in text(reply)
    assert User.objects.get(pk=colleague.pk).is_active is True
    assert not StaffAction.objects.exists()


@pytest.mark.parametrize("status", ["under way", "test", "gone"])
def test_only_what_has_ended_and_has_words_is_drawn_again(status):
    person = factories.person()
    job = factories.job(person) if status == "under way" else drawn(person)
    if status == "test":
        fields = {"is_test": True, "charge": "FREE", "price": 0}
        Job.objects.filter(pk=job.pk).update(**fields)
    elif status == "gone":
        Job.objects.filter(pk=job.pk).update(prompt="")

    reply = do(at_the_desk("billing"), "retry", job)

    assert "Only a job that has ended" in text(reply)
    assert Job.objects.count() == 1
    assert Entry.objects.filter(reference__startswith="staff:").count() == 0


def test_buttons_are_those_that_fit_and_that_the_role_may_use():
    job = drawn(factories.person())
    path = f"/admin/generations/job/{job.pk}/change/"

    def offered(role):
        page = at_the_desk(role).get(path).content.decode()
        return {name for name in DEEDS if f"/admin/do/{name}/{job.pk}/" in page}

    assert offered("support") == {"read"}
    assert offered("billing") == {"refund", "retry"}
    assert offered("operations") == {
        "retry",
        "read",
    }  # it has ended: nothing to cancel, nor to queue


@pytest.mark.parametrize("path", ["do/nothing/{}", "do/grant/{}x", "person/{}/nothing"])
def test_what_is_not_there_is_404(path):
    person = factories.person()

    reply = at_the_desk("superuser").get(f"/admin/{path.format(person.pk)}/")

    assert reply.status_code == 404


def test_deeds_to_nobody_are_404():
    reply = at_the_desk("superuser").get(f"/admin/do/grant/{uuid4()}/")

    assert reply.status_code == 404


@pytest.mark.parametrize("model", ["credits/entry", "accounts/staffaction", "generations/job"])
def test_not_even_superusers_change_the_books(model):
    drawn(person := factories.person())
    client = at_the_desk("superuser")
    do(client, "grant", person, amount=1)
    name = model.partition("/")[2]
    rows = {"entry": Entry, "staffaction": StaffAction, "job": Job}[name].objects
    row = rows.order_by("pk").first()

    assert client.get(f"/admin/{model}/{row.pk}/change/").status_code == 200
    for path in ("add", f"{row.pk}/delete"):
        assert client.get(f"/admin/{model}/{path}/").status_code == 403
    assert client.post(f"/admin/{model}/{row.pk}/change/", {"reason": "x"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [str(row.pk)]}
    client.post(f"/admin/{model}/", chosen)
    assert rows.filter(pk=row.pk).exists()


def test_what_staff_did_is_handed_over_and_its_reason_goes_with_the_person():
    person = factories.person()
    do(at_the_desk("billing"), "grant", person, amount=1, reason="a good reason")

    files = [one for _, found in data_wanted.send(User, user=person) for one in found or ()]
    [told] = [pieces for name, pieces in files if name == "staff.json"]
    assert "a good reason" in "".join(
        piece.decode() if isinstance(piece, bytes) else piece for piece in told
    )
    user_deleted.send(User, user=person)
    assert StaffAction.objects.get().reason == ""


def test_nothing_in_words_stays_in_the_admins_history():
    person = factories.person()
    about = {"user": person, "email": person.email, "type": "bug"}
    ticket = Ticket.objects.create(**about, subject="my secret", message="words")
    client = at_the_desk("superuser")
    answer = {"answer": "Hello", "once": str(uuid4())}
    client.post(f"/admin/accounts/ticket/{ticket.pk}/change/", answer)
    do(client, "refund", drawn(person), reason="a good reason")
    assert LogEntry.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = LogEntry.objects.filter(object_id__in=[str(ticket.pk)]).explain()
    assert "admin_log_object" in plan

    user_deleted.send(User, user=person)

    for entry in LogEntry.objects.all():
        assert (entry.object_repr, entry.change_message) == (entry.object_id, "")


def test_what_is_under_way_is_not_refunded_for_it_may_come_back_by_itself():
    person = factories.person(credits_left=5)
    job = pipeline.claim(factories.job(person).pk)
    client = at_the_desk("billing")

    reply = do(client, "refund", job)
    give_up(Job.objects.get(pk=job.pk), Fault("OPENAI_RATE_LIMIT"))
    late = do(client, "refund", job)

    assert "This job is under way" in text(reply)
    assert "This charge was given back already." in text(late)
    person.wallet.refresh_from_db()
    assert person.wallet.balance == 5


def test_charge_that_was_given_back_from_the_ledger_is_not_given_back_twice():
    person = factories.person(credits_left=5)
    job = pipeline.claim(factories.job(person).pk)
    charge = Entry.objects.get(kind="capture", reference=job.reference)
    fields = {"action": "refund", "_selected_action": [charge.pk], "reason": "slow"}
    at_the_desk("billing").post("/admin/credits/entry/", {**fields, "once": str(uuid4())})

    give_up(Job.objects.get(pk=job.pk), Fault("OPENAI_RATE_LIMIT"))

    person.wallet.refresh_from_db()
    assert person.wallet.balance == 5
    assert [found for found in audit.findings() if found.faults] == []


def test_job_that_its_person_canceled_is_not_said_to_be_stopped_by_us():
    person = factories.person()
    job = factories.job(person)
    services.cancel(person, job.pk)

    reply = do(at_the_desk("operations"), "cancel", job)

    assert "This drawing is already finished." in text(reply)
    assert not Notification.objects.filter(user=person, title="Drawing stopped").exists()
    assert not StaffAction.objects.exists()
