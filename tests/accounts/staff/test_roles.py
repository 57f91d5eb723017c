import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client, TestCase

from accounts import one_time, tokens
from accounts.admin import UserAdmin
from accounts.errors import RefreshRefused
from accounts.keys import asked
from accounts.keys import services as keys
from accounts.keys.asked import Wish
from accounts.keys.errors import KeyRefused, KeyRevoked
from accounts.models import Identity, Session, User
from accounts.profile import deletion
from accounts.signals import session_ended
from accounts.staff import roles, services
from accounts.staff.errors import NotAnybody, NotYours
from credits.models import Entry
from generations import audit, pipeline
from generations import services as generations
from generations.models import Generation, Job
from tests import factories

pytestmark = pytest.mark.django_db
LISTS = {
    "accounts/user": "support",
    "accounts/session": "support",
    "accounts/identity": "support",
    "accounts/mail": "support",
    "accounts/export": "support",
    "accounts/doomedfile": "support",
    "accounts/staffaction": "support",
    "credits/wallet": "support",
    "credits/entry": "support",
    "generations/job": "support",
    "generations/generation": "support",
    "realtime/notification": "support",
    "generations/auditrun": "operations",
    "auth/group": "superuser",
}


def member(role: str = "", **fields) -> User:
    user = factories.person(name=role or "Nobody", **fields)
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def admin(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def choose(client, path: str, action: str, rows, **fields):
    page = client.get(f"/admin/{path}/")
    assert page.status_code == 200
    asked = {"action": action, "_selected_action": [str(row.pk) for row in rows], **why(), **fields}
    return client.post(f"/admin/{path}/", asked, follow=True)


def offered(client, path: str) -> set[str]:
    page = client.get(f"/admin/{path}/").content.decode()
    select = re.search(r'<select name="action".*?</select>', page, re.S)
    return set(re.findall(r'<option value="([^"]+)"', select[0])) if select else set()


def test_roles_have_exactly_their_permissions():
    for name, parts in roles.ROLES.items():
        wanted = {
            f"{app}.{codename}"
            for part in parts
            for app, names in part.items()
            for codename in names
        }
        held = Permission.objects.filter(group__name=name)
        assert {f"{one.content_type.app_label}.{one.codename}" for one in held} == wanted


def test_roles_come_back_after_a_migrate_and_keep_what_was_added():
    extra = Permission.objects.get(codename="view_group")
    Group.objects.get(name="billing").permissions.set([extra])
    Group.objects.get(name="support").delete()

    call_command("migrate", verbosity=0)

    billing = Group.objects.get(name="billing")
    assert billing.permissions.filter(codename="grant_wallet").exists()
    assert billing.permissions.filter(pk=extra.pk).exists()
    assert Group.objects.get(name="support").permissions.filter(codename="view_user").exists()


@pytest.mark.parametrize("role", ["", "support", "billing", "operations"])
def test_each_role_sees_its_lists_and_403_elsewhere(role):
    client = admin(member(role))

    seen = {path: client.get(f"/admin/{path}/").status_code for path in LISTS}

    may = {path for path, least in LISTS.items() if least == "support" or least == role}
    assert seen == {path: 200 if role and path in may else 403 for path in LISTS}


def test_sign_in_of_staff_bears_our_name_and_icon(client):
    page = client.get("/admin/login/").content.decode()

    assert "ChatSVG" in re.search(r"<title>(.*?)</title>", page, re.S)[1]
    assert "favicon.svg" in page


def test_somebody_who_is_no_staff_is_sent_to_the_sign_in():
    user = factories.person()
    user.groups.add(Group.objects.get(name="operations"))

    reply = admin(user).get("/admin/accounts/user/")

    assert reply.status_code == 302
    assert reply["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("support", {}),
        ("billing", {"credits/wallet": {"grant"}, "credits/entry": {"refund"}}),
        (
            "operations",
            {
                "accounts/user": {"suspend", "let_in"},
                "accounts/session": {"revoke"},
                "generations/job": {"cancel", "requeue"},
            },
        ),
    ],
)
def test_each_role_is_offered_its_actions_alone(role, actions):
    person = factories.person()
    tokens.issue(person)
    factories.job(person)
    client = admin(member(role))

    lists = (
        "accounts/user",
        "accounts/session",
        "credits/wallet",
        "credits/entry",
        "generations/job",
    )
    assert {path: offered(client, path) for path in lists if offered(client, path)} == actions


@pytest.mark.parametrize("role", ["support", "operations"])
def test_an_action_that_was_not_offered_does_nothing(role):
    person = factories.person()
    fields = {"amount": 5, "reason": "because", "once": "0f9d3f9c-8f0e-4a53-9a52-7e6f3dd0c001"}

    choose(admin(member(role)), "credits/wallet", "grant", [person.wallet], **fields)

    person.wallet.refresh_from_db()
    assert person.wallet.balance == 10


@pytest.mark.parametrize("role", ["support", "billing", "operations"])
def test_nobody_but_superusers_changes_people(role):
    person, client = factories.person(), admin(member(role))
    path = f"/admin/accounts/user/{person.pk}/change/"

    assert client.get(path).status_code == 200
    assert client.post(path, {"is_staff": "on", "is_active": "on"}).status_code == 403
    assert client.get(f"/admin/accounts/user/{person.pk}/delete/").status_code == 403
    person.refresh_from_db()
    assert person.is_staff is False


def test_superusers_give_roles():
    superuser = User.objects.create_superuser("root@example.com", "x", name="Root")
    person, group = factories.person(), Group.objects.get(name="support")

    reply = admin(superuser).post(
        f"/admin/accounts/user/{person.pk}/change/",
        {"is_active": "on", "is_staff": "on", "groups": [group.pk], **why()},
    )

    assert reply.status_code == 302
    person.refresh_from_db()
    assert (person.is_staff, list(person.groups.all())) == (True, [group])


def test_support_sees_no_prompt_drawing_letter_or_key():
    person = factories.person()
    job = factories.job(person, prompt="a heffalump with turnips")
    pipeline.run(job.pk)
    drawing = Generation.objects.get()
    client = admin(member("support"))

    for path in (
        "generations/job/",
        f"generations/job/{job.pk}/change/",
        "generations/generation/",
        f"generations/generation/{drawing.pk}/change/",
    ):
        page = client.get(f"/admin/{path}").content.decode()
        assert "heffalump" not in page
        assert drawing.svg[:60] not in page
        assert job.idempotency_key not in page


def test_billing_grants_once_and_the_ledger_says_who():
    billing, person = member("billing"), factories.person()
    client = admin(billing)
    page = client.get("/admin/credits/wallet/").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    fields = {"amount": 5, "reason": "a broken drawing", "once": once}

    for _ in range(2):  # a double click
        choose(client, "credits/wallet", "grant", [person.wallet], **fields)

    person.wallet.refresh_from_db()
    entry = Entry.objects.filter(wallet=person.pk).latest("id")
    assert person.wallet.balance == 15
    assert (entry.kind, entry.amount) == ("grant", 5)
    assert entry.reason == f"a broken drawing (by staff {billing.pk})"
    assert [finding for finding in audit.findings() if finding.faults] == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"amount": 5, "reason": ""},
        {"amount": 5, "once": ""},
        {"reason": "x"},
        {"amount": -5, "reason": "x"},
        {"amount": 99_999, "reason": "x"},
    ],
)
def test_a_grant_without_amount_or_reason_does_nothing(fields):
    person = factories.person()

    choose(admin(member("billing")), "credits/wallet", "grant", [person.wallet], **fields)

    person.wallet.refresh_from_db()
    assert person.wallet.balance == 10


def test_billing_gives_a_charge_back_once():
    person = factories.person()
    pipeline.run(factories.job(person).pk)
    charge = Entry.objects.get(wallet=person.pk, kind="capture")
    client = admin(member("billing"))

    for _ in range(2):
        reply = choose(client, "credits/entry", "refund", [charge], reason="not what was asked")

    person.wallet.refresh_from_db()
    assert person.wallet.balance == 10
    assert "given back already" in reply.content.decode()
    assert Job.objects.get().charge == "CAPTURED"
    assert [finding for finding in audit.findings() if finding.faults] == []


def test_a_charge_of_a_failed_job_is_not_given_back_twice():
    person = factories.person()
    job = factories.job(person)
    pipeline.claim(job.pk)
    generations.cancel(person, job.pk)
    charge = Entry.objects.get(wallet=person.pk, kind="capture")

    choose(admin(member("billing")), "credits/entry", "refund", [charge], reason="twice?")

    person.wallet.refresh_from_db()
    assert person.wallet.balance == 10


def test_only_charges_are_given_back():
    person = factories.person()
    welcome = Entry.objects.get(wallet=person.pk, kind="grant")

    choose(admin(member("billing")), "credits/entry", "refund", [welcome], reason="more")

    person.wallet.refresh_from_db()
    assert person.wallet.balance == 10


def test_operations_cancel_and_requeue_jobs():
    person = factories.person()
    queued, running = factories.job(person), factories.job(person)
    pipeline.claim(running.pk)
    client = admin(member("operations"))

    choose(client, "generations/job", "requeue", [queued, running])
    assert Job.objects.get(pk=running.pk).status == "QUEUED"
    choose(client, "generations/job", "cancel", [queued, running])

    assert set(Job.objects.values_list("status", flat=True)) == {"CANCELED"}
    person.wallet.refresh_from_db()
    assert (person.wallet.balance, person.wallet.held) == (10, 0)


def test_operations_keep_people_out_and_let_them_in():
    person, client = factories.person(), admin(member("operations"))
    session = tokens.issue(person).session

    choose(client, "accounts/user", "suspend", [person])
    assert not Session.objects.live().filter(pk=session.pk).exists()
    assert Session.objects.get(pk=session.pk).revoked_because == "suspended"
    choose(client, "accounts/user", "let_in", [person])

    person.refresh_from_db()
    assert person.is_active is True


def test_operations_cannot_touch_staff_nor_raise_the_dead():
    operator, colleague, dead = member("operations"), member("support"), factories.person()
    deletion.delete(dead, tokens.issue(dead).session, password=factories.PASSWORD)

    with pytest.raises(NotYours):
        services.suspend(colleague, staff=operator)
    with pytest.raises(NotAnybody):
        services.let_in(dead, staff=operator)

    choose(admin(operator), "accounts/user", "suspend", [colleague])
    colleague.refresh_from_db()
    assert colleague.is_active is True


def save_person(client, user, **fields):
    """The form of a person in the admin, as it is shown but for `fields`."""
    path = f"/admin/accounts/user/{user.pk}/change/"
    assert client.get(path).status_code == 200
    return client.post(path, {"_save": "Save", "email": user.email, **why(), **fields})


def why() -> dict[str, str]:
    return {"reason": "because", "once": str(uuid4())}


def superuser() -> User:
    user = member()
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    return user


def test_switching_active_off_ends_everything_that_lets_them_in():
    person, client = factories.person(), admin(superuser())
    issued, raw = tokens.issue(person), reset_link(person)
    key = keys.create(person, wish())
    ended = []
    session_ended.connect(note := lambda session_id, **_: ended.append(session_id))
    colleague = member("support")
    theirs = admin(colleague)
    assert theirs.get("/admin/").status_code == 200

    with TestCase.captureOnCommitCallbacks(execute=True):
        assert save_person(client, person).status_code == 302
    save_person(client, colleague, is_staff="on")

    person.refresh_from_db()
    assert person.is_active is False
    assert ended == [issued.session.pk]  # their sockets close
    assert Session.objects.get(pk=issued.session.pk).revoked_because == "suspended"
    with pytest.raises(RefreshRefused):
        tokens.rotate(issued.refresh)
    with pytest.raises(KeyRefused):
        keys.recognise(key.raw)
    assert one_time.find(raw, one_time.Purpose.RESET_PASSWORD) is None
    assert theirs.get("/admin/").status_code == 302
    session_ended.disconnect(note)

    assert save_person(client, person, is_active="on").status_code == 302

    assert User.objects.get(pk=person.pk).is_active is True
    with pytest.raises(RefreshRefused):
        tokens.rotate(issued.refresh)
    with pytest.raises(KeyRevoked):
        keys.recognise(key.raw)
    assert one_time.find(raw, one_time.Purpose.RESET_PASSWORD) is None


def reset_link(user) -> str:
    lifetime = timedelta(hours=1)
    purpose = one_time.Purpose.RESET_PASSWORD
    return one_time.make(user, purpose, email=user.email, lifetime=lifetime)


def wish() -> Wish:
    return asked.key({"name": "Mine", "environment": "test"})


def test_form_of_a_person_changes_nothing_else(monkeypatch):
    """What they change while the form is saved stays, and the deleted stay dead."""
    person, dead, client = factories.person(), factories.person(), admin(superuser())
    stale = {str(one.pk): User.objects.get(pk=one.pk) for one in (person, dead)}
    monkeypatch.setattr(UserAdmin, "get_object", lambda self, request, pk, *_: stale[pk])
    User.objects.filter(pk=person.pk).update(name="New name", password="new")
    deletion.delete(dead, tokens.issue(dead).session, password=factories.PASSWORD)

    assert save_person(client, person, is_active="on", is_staff="on").status_code == 302
    assert save_person(client, dead, is_active="on", is_staff="on").status_code == 403

    person.refresh_from_db()
    assert (person.name, person.password, person.is_staff) == ("New name", "new", True)
    dead.refresh_from_db()
    assert (dead.is_active, dead.is_staff) == (False, False)


@pytest.mark.parametrize("path", ["password_change", "password_change/done"])
def test_staff_change_their_password_on_the_account_page(path):
    colleague = member("support")
    client, password = admin(colleague), User.objects.get(pk=colleague.pk).password
    weak = {"new_password1": "password123", "new_password2": "password123"}

    for reply in (
        client.get(f"/admin/{path}/"),
        client.post(f"/admin/{path}/", {"old_password": factories.PASSWORD, **weak}),
    ):
        assert (reply.status_code, reply["Location"]) == (302, "/account#signin")

    assert User.objects.get(pk=colleague.pk).password == password
    assert 'href="/account"' in client.get("/admin/").content.decode()


def test_operations_end_sessions():
    session = tokens.issue(factories.person()).session

    choose(admin(member("operations")), "accounts/session", "revoke", [session])

    assert not Session.objects.live().filter(pk=session.pk).exists()


def test_lists_and_pages_of_everything_open(settings):
    person = factories.person()
    Identity.objects.create(user=person, provider="github", subject="1")
    client = admin(member("operations"))

    for path in (
        f"accounts/user/{person.pk}",
        f"accounts/identity/{person.identities.get().pk}",
        f"accounts/mail/{person.mails.first().pk}",
        f"credits/wallet/{person.pk}",
        f"credits/entry/{person.wallet.entries.first().pk}",
    ):
        assert client.get(f"/admin/{path}/change/").status_code == 200, path
