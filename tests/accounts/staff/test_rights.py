"""Who may do what to whom: every deed, by every member of staff, to everybody."""

from uuid import uuid4

import pytest

from accounts import tokens
from accounts.keys import asked
from accounts.keys import services as keys
from accounts.models import ApiKey, Session, StaffAction, User
from accounts.staff import actions
from accounts.staff.errors import MoreRights, NotToYourself
from credits.models import Entry
from tests import factories
from tests.desks import at_the_desk, do, drawn, member, text

pytestmark = pytest.mark.django_db
Kind = StaffAction.Kind

TALK = {Kind.ANSWER, Kind.CLOSE, Kind.REOPEN}
FOR_OTHERS = {Kind.GRANT, Kind.REFUND, Kind.RETRY, Kind.SUSPEND, Kind.LET_IN, Kind.ROLES}
ACTORS = ("support", "billing", "operations", "superuser")
TARGETS = ("nobody", "customer", "themselves", "same", *ACTORS, "kept out superuser")
ABOVE = {  # of whom each has fewer rights
    "support": {"billing", "operations", "superuser", "kept out superuser"},
    "billing": {"support", "operations", "superuser", "kept out superuser"},
    "operations": {"support", "billing", "superuser", "kept out superuser"},
    "superuser": set(),
}


def whom(target: str, actor: User, role: str) -> User | None:
    if target in ("nobody", "themselves"):
        return actor if target == "themselves" else None
    if target == "customer":
        return factories.person()
    someone = member(role if target == "same" else target.removeprefix("kept out "))
    if target.startswith("kept out"):
        someone.is_active = False
        someone.save(update_fields=["is_active"])
    return someone


def expected(kind, role: str, target: str):
    if target == "themselves":
        return NotToYourself if kind in FOR_OTHERS else None
    return MoreRights if target in ABOVE[role] and kind not in TALK else None


@pytest.mark.parametrize("role", ACTORS)
def test_table_of_deeds_by_actor_and_target(role):
    actor = member(role)
    people = {target: whom(target, actor, role) for target in TARGETS}
    found, wanted = {}, {}

    for target, person in people.items():
        for kind in Kind:
            wanted[kind, target] = expected(kind, role, target)
            found[kind, target] = outcome(kind, actor, person)

    assert found == wanted
    assert StaffAction.objects.count() == sum(one is None for one in wanted.values())


def outcome(kind, actor, person):
    done = []
    told = {"kind": kind, "reason": "because", "once": uuid4()}
    try:
        actions.act(
            lambda: done.append(1), staff=actor, person=person.pk if person else None, **told
        )
    except (MoreRights, NotToYourself) as refusal:
        assert done == []
        return type(refusal)
    assert done == [1]
    return None


def test_operations_neither_sign_superusers_out_nor_end_their_keys():
    boss, client = member("superuser"), at_the_desk("operations")
    session = tokens.issue(boss).session
    key = keys.create(boss, asked.key({"name": "CI", "environment": "test"}))[0]

    for reply in (
        do(client, "sign-out", boss),
        do(client, "end-session", session),
        do(client, "revoke-key", key),
        choose(client, "accounts/session", "revoke", session),
        choose(client, "accounts/apikey", "revoke", key),
    ):
        assert "Only a superuser" in text(reply)

    assert Session.objects.get(pk=session.pk).revoked_at is None
    assert ApiKey.objects.get(pk=key.pk).revoked_at is None
    assert not StaffAction.objects.exists()
    for path in (f"person/{boss.pk}/sessions", f"accounts/apikey/{key.pk}/change"):
        assert "/admin/do/" not in client.get(f"/admin/{path}/").content.decode()


@pytest.mark.parametrize("role", ["billing", "superuser"])
def test_nobody_gives_themselves_credits(role):
    staff = member(role)
    client, job = at_the_desk(user=staff), drawn(staff)
    charge = Entry.objects.get(wallet=staff.pk, kind="capture")
    balance = staff.wallet.balance - 1

    for reply in (
        do(client, "grant", staff, amount=5),
        do(client, "refund", job),
        do(client, "retry", job),
        choose(client, "credits/wallet", "grant", staff.wallet, amount=5),
        choose(client, "credits/entry", "refund", charge),
    ):
        assert "Nobody does this to themselves" in text(reply)

    staff.wallet.refresh_from_db()
    assert staff.wallet.balance == balance
    assert not StaffAction.objects.exists()


def test_superusers_change_the_rights_of_others_alone():
    boss = member("superuser")
    path = f"/admin/accounts/user/{boss.pk}/change/"
    client = at_the_desk(user=boss)

    assert client.get(path).status_code == 200
    assert client.post(path, {"reason": "x", "once": str(uuid4())}).status_code == 403
    assert User.objects.get(pk=boss.pk).is_staff is True


def test_the_page_of_a_deed_says_at_once_that_it_is_refused():
    boss = member("superuser")

    page = at_the_desk("operations").get(f"/admin/do/sign-out/{boss.pk}/")

    assert "Only a superuser" in text(page)
    assert 'name="reason"' not in page.content.decode()


def test_no_bulk_deed_is_about_everybody(monkeypatch):
    monkeypatch.setattr("accounts.staff.read_only.AT_ONCE", 2)
    people, client = [factories.person() for _ in range(3)], at_the_desk("operations")

    reply = choose(client, "accounts/user", "suspend", people[0], select_across="1")

    assert "At most 2 at once" in text(reply)
    assert User.objects.filter(is_active=False).count() == 0


def choose(client, path, action, row, **fields):
    """An action of a list, as it is posted."""
    why = {"reason": "because", "once": str(uuid4())}
    chosen = {"action": action, "_selected_action": [str(row.pk)], **why, **fields}
    return client.post(f"/admin/{path}/", chosen, follow=True)
