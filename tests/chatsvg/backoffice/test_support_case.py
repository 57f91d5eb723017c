"""“I was charged but got no drawing”: a case from the message to the answer, with real services."""

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Mail, StaffAction
from accounts.support import services as support
from accounts.support.asked import Message
from credits.models import Entry
from generations import audit, pipeline
from generations.models import Generation, Job
from realtime.models import Notification
from tests import factories, mails
from tests.desks import at_the_desk, do, drawn, failed, member, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def grace():
    person = factories.person(email="grace@navy.example", name="Grace", credits_left=3)
    person.email_verified_at = timezone.now()
    person.save()
    return person


def complain(person):
    said = "I was charged but got no drawing"
    message = Message("bug", said, "One credit is gone, and no fox came.", "", "", "")
    return support.receive(message, user=person)


def follow(client, path):
    """Where an address leads."""
    return client.get(path, follow=True)


def test_charged_without_a_drawing_is_found_explained_refunded_and_told(grace):
    job = drawn(grace)
    Generation.objects.filter(job=job).delete()  # the drawing is gone, its charge is not
    ticket = complain(grace)
    biller, helper = member("billing"), member("support")
    billing, client = at_the_desk(user=biller), at_the_desk(user=helper)

    # the ticket waits on the first page, and says what it is about
    assert "I was charged but got no drawing" in text(client.get("/admin/"))
    # found by e-mail: the command box and the desk lead to the person
    found = follow(client, "/admin/find/?q=grace@navy")
    assert found.redirect_chain[-1][0] == f"/admin/person/{grace.pk}/"
    # explained, line by line
    ledger = text(found)
    assert "Balance after" in ledger
    assert "Charged when its drawing began: the job succeeded" in ledger
    jobs = text(client.get(f"/admin/person/{grace.pk}/jobs/"))
    assert "SUCCEEDED" in jobs and "charged" in jobs and "answered" in jobs
    assert "No drawings." in text(client.get(f"/admin/person/{grace.pk}/drawings/"))

    # refunded with a reason; support may not, billing may
    assert do(client, "refund", job).status_code == 403
    assert do(billing, "refund", job, reason="").status_code == 200  # asks for one
    assert Entry.objects.filter(kind="refund").count() == 0
    reply = do(billing, "refund", job, reason="its drawing is lost")
    assert (reply.status_code, reply["Location"]) == (302, f"/admin/person/{grace.pk}/jobs/")

    grace.wallet.refresh_from_db()
    assert grace.wallet.balance == 3
    entry = Entry.objects.get(kind="refund")
    assert entry.reason == f"its drawing is lost (by staff {biller.pk})"
    action = StaffAction.objects.get(kind="refund")
    assert (action.staff, action.person, action.about) == (biller, grace, job.reference)
    assert action.reason == "its drawing is lost"
    after = text(client.get(f"/admin/person/{grace.pk}/ledger/"))
    assert f"Charge given back by {biller.email}" in after and "its drawing is lost" in after
    assert [finding for finding in audit.findings() if finding.faults] == []

    # the person hears of it, in the bell and by the answer
    told = Notification.objects.get(user=grace, type="CREDITS_REFUNDED")
    assert "1 credit" in told.message
    page = f"/admin/accounts/ticket/{ticket.pk}/change/"
    once = re.search(r'name="once" value="([^"]+)"', client.get(page).content.decode())[1]
    sent = {"answer": "You have your credit back.", "close": "on", "once": once}
    assert client.post(page, sent).status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == "closed"
    assert Notification.objects.filter(user=grace, title="Support answered").count() == 1
    letters = [letter for letter in mails.deliver() if letter.to == [grace.email]]
    assert any("You have your credit back." in letter.body for letter in letters)
    assert Mail.objects.get(kind="support_reply").sent_at
    kinds = list(StaffAction.objects.order_by("at").values_list("kind", flat=True))
    assert sorted(kinds) == ["answer", "close", "refund"]


def test_what_gave_its_price_back_by_itself_is_explained_and_not_given_back_twice(grace):
    job = failed(grace, raw_error="RateLimitError: 429 for org-7")
    ticket = complain(grace)
    client = at_the_desk("billing")

    # by the ticket's id to the ticket, from there to the person
    assert (
        follow(client, f"/admin/find/?q={ticket.pk}")
        .redirect_chain[-1][0]
        .endswith(f"/accounts/ticket/{ticket.pk}/change/")
    )
    ledger = text(client.get(f"/admin/person/{grace.pk}/"))
    assert "Charged when its drawing began: the job failed" in ledger
    assert "Given back by itself: the job failed" in ledger
    jobs = client.get(f"/admin/person/{grace.pk}/jobs/")
    said = text(jobs)
    assert "charged and given back" in said
    assert "RateLimitError: 429 for org-7" in said and "820" in said and "$0.0041" in said
    assert f"/admin/do/refund/{job.pk}/" not in jobs.content.decode()  # there is nothing to refund

    reply = do(client, "refund", job, reason="she says so")  # somebody tries all the same

    assert "given back already" in text(reply)
    grace.wallet.refresh_from_db()
    assert grace.wallet.balance == 3
    assert Entry.objects.filter(kind="refund").count() == 1
    assert not StaffAction.objects.exists()  # what was refused left nothing
    assert Notification.objects.filter(type="CREDITS_REFUNDED").count() == 1


def test_a_refund_by_a_colleague_is_seen_and_not_repeated(grace):
    job = drawn(grace)
    once = uuid4()
    client = at_the_desk("billing")
    do(client, "refund", job, once=once)

    again = do(client, "refund", job, once=once)  # a double click
    other = do(at_the_desk("billing"), "refund", job, reason="another colleague")

    assert again.status_code == 302
    assert "given back already" in text(other)
    grace.wallet.refresh_from_db()
    assert grace.wallet.balance == 3
    assert StaffAction.objects.count() == 1
    assert Notification.objects.filter(type="CREDITS_REFUNDED").count() == 1


def test_a_drawing_that_failed_is_drawn_again_at_our_expense(grace):
    job = failed(grace)

    do(at_the_desk("operations"), "retry", job, reason="the model was down")

    new = Job.objects.exclude(pk=job.pk).get()
    assert (new.user, new.prompt, new.style, new.status) == (grace, job.prompt, job.style, "QUEUED")
    grace.wallet.refresh_from_db()
    assert (grace.wallet.balance, grace.wallet.held) == (4, 1)

    pipeline.run(new.pk)

    grace.wallet.refresh_from_db()
    assert (grace.wallet.balance, grace.wallet.held) == (3, 0)
    assert [finding for finding in audit.findings() if finding.faults] == []
