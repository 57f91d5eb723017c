import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts import doomed, jwt, one_time, tokens
from accounts.errors import LinkSpent, SessionEnded, WrongCredentials
from accounts.mail import letters
from accounts.models import DoomedFile, Export, Identity, Mail, OAuthState, Session, User
from accounts.oauth.errors import NoUser
from accounts.oauth.profiles import Profile
from accounts.oauth.services import enter
from accounts.passwords.errors import WrongPassword
from accounts.profile import avatars, deletion, exports
from accounts.profile.errors import LastOfStaff, SignInAgain, WrongEmail
from accounts.services import check, register
from accounts.sessions import resolve
from accounts.sessions import services as sessions
from accounts.signals import session_ended, user_deleted
from chatsvg.errors import SignedOut, TooMany
from credits import services as credits
from credits.models import Entry
from generations import audit, pipeline
from generations import services as generations
from generations.models import Attempt, Generation, Job, JobEvent
from generations.providers import Draft
from realtime.models import Notification
from tests import factories
from tests.accounts.profile.pictures import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
NAME, EMAIL = "Zephyrine Quux", "zephyrine.quux@example.org"
OTHER_EMAIL = "zq-elsewhere@example.net"
PROMPT = "a heffalump juggling turnips"
IP, AGENT = "198.51.100.77", "Netscape Navigator of Zephyrine"


def everything_personal() -> list[str]:
    return [NAME, EMAIL, OTHER_EMAIL, PROMPT, "heffalump", "turnips", IP, AGENT, "Quux", "quux"]


def found_in_database(words: list[str]) -> list[str]:
    """`table.column: word` for every place in the whole database where a word stands."""
    kinds = "('text', 'character varying', 'json', 'jsonb', 'inet', 'character', 'bytea', 'ARRAY')"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            f" WHERE table_schema = 'public' AND data_type IN {kinds}"
        )
        columns = cursor.fetchall()
        assert len(columns) > 60
        found = []
        for table, column in columns:
            for word in words:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s', [f"%{word}%"]
                )
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {word}")
    return found


def lived() -> tuple[User, Session]:
    """Somebody who left traces wherever one can."""
    user = register(email=EMAIL, password=factories.PASSWORD, name=NAME, ip=IP)
    session = tokens.issue(user, ip=IP, user_agent=AGENT).session
    tokens.issue(user, ip=IP, user_agent=AGENT)
    Identity.objects.create(user=user, provider="github", subject="1234", email=OTHER_EMAIL)
    one_time.make(
        user,
        one_time.Purpose.CHANGE_EMAIL,
        email=OTHER_EMAIL,
        lifetime=timedelta(hours=1),
    )
    OAuthState.objects.create(
        provider="google",
        state_hash="a",
        browser_hash="b",
        verifier="c",
        nonce="d",
        redirect=f"/app?prompt={PROMPT}",
        session=session,
        expires_at=timezone.now(),
    )
    avatars.set_avatar(user, picture())
    for kept in ("first", "second"):
        job = generations.submit(
            user, factories.recipe(prompt=f"{PROMPT} {kept}"), idempotency_key=f"{NAME}'s {kept}"
        ).job
        pipeline.run(job.pk)
    Attempt.objects.update(answer=f"<svg><title>{PROMPT}</title></svg>", notes=[PROMPT])
    Attempt.objects.update(raw_error=f"refused: {PROMPT}")
    export = exports.ask(user)
    exports.build(export.pk)
    Notification.objects.create(
        user=user, type="JOB_SUCCEEDED", message=f"Hello {NAME}", data={"prompt": PROMPT}
    )
    Mail.objects.create(kind="email_change_confirm", to=OTHER_EMAIL, user=user)
    Mail.objects.create(kind="support_inbox", to="in@chatsvg.dev", context={"reply_to": EMAIL})
    staff = factories.person(name="Staff")
    LogEntry.objects.log_actions(staff.pk, [user], CHANGE, "Changed", single_object=True)
    return User.objects.get(pk=user.pk), session


def objects_in_storage(files) -> list[str]:
    return [str(path) for path in files.rglob("*") if path.is_file()]


def send_mails() -> None:
    """As the worker does, when it gets through."""
    Mail.objects.filter(ended_at=None).update(ended_at=timezone.now(), sent_at=timezone.now())


def test_nothing_personal_is_left_anywhere(files):
    user, session = lived()
    words = everything_personal()
    places = {place.partition(":")[0] for place in found_in_database(words)}
    assert {
        "accounts_user.email",
        "accounts_user.terms_accepted_ip",
        "accounts_session.user_agent",
        "accounts_identity.email",
        "accounts_onetimetoken.email",
        "accounts_oauthstate.redirect",
        "accounts_mail.to",
        "accounts_mail.context",
        "generations_job.prompt",
        "generations_job.idempotency_key",
        "generations_generation.prompt",
        "generations_attempt.answer",
        "realtime_notification.data",
        "django_admin_log.object_repr",
    } <= places
    assert len(objects_in_storage(files)) == 4  # avatar, two drawings, export

    deletion.delete(user, session, password=factories.PASSWORD)

    assert set(found_in_database(words)) == {
        f"accounts_mail.to: {word}" for word in (EMAIL, "Quux", "quux")
    }
    send_mails()
    deletion.forget_late()
    assert found_in_database(words) == []
    doomed.sweep()
    assert objects_in_storage(files) == []


def test_the_books_stay_and_the_audit_is_clean():
    user, session = lived()
    before = list(Entry.objects.filter(wallet=user.pk).values_list("kind", "amount", "reference"))

    deletion.delete(user, session, password=factories.PASSWORD)

    after = Entry.objects.filter(wallet=user.pk).values_list("kind", "amount", "reference")
    assert list(after) == before
    assert Job.objects.filter(user=user).count() == 2
    assert JobEvent.objects.filter(user=user, status="SUCCEEDED").count() == 2
    assert not Generation.objects.filter(user=user).exists()
    assert [finding for finding in audit.findings() if finding.faults] == []
    call_command("audit")


def test_the_person_is_nobody_any_more():
    user, session = lived()
    access = tokens.issue(user)

    deletion.delete(user, session, password=factories.PASSWORD)

    user.refresh_from_db()
    assert user.email == f"deleted-{user.pk}@deleted.invalid"
    assert (user.name, user.avatar, user.is_active) == ("", "", False)
    assert not user.has_usable_password()
    assert user.deleted_at is not None
    assert not Session.objects.filter(user=user, revoked_at=None).exists()
    with pytest.raises(WrongCredentials):
        check(email=EMAIL, password=factories.PASSWORD)
    with pytest.raises(SignedOut):
        tokens.rotate(access.refresh)
    with pytest.raises(SessionEnded):
        resolve(jwt.sign(access.session))


def test_the_e_mail_is_free_again():
    user, session = lived()
    deletion.delete(user, session, password=factories.PASSWORD)

    again = register(email=EMAIL, password=factories.PASSWORD, name=NAME)

    assert again.pk != user.pk
    assert check(email=EMAIL, password=factories.PASSWORD).pk == again.pk


def test_an_identity_opens_a_new_account_afterwards():
    user, session = lived()
    deletion.delete(user, session, password=factories.PASSWORD)

    profile = Profile(provider="github", subject="1234", email=OTHER_EMAIL, name="Z", avatar="")
    try:
        newcomer = enter(profile)
    except NoUser:
        pytest.fail("the identity still leads to the deleted account")
    assert newcomer.pk != user.pk


def test_links_are_void(person):
    raw = one_time.make(
        person, one_time.Purpose.RESET_PASSWORD, email=person.email, lifetime=timedelta(hours=1)
    )
    session = tokens.issue(person).session

    deletion.delete(person, session, password=factories.PASSWORD)

    with pytest.raises(LinkSpent), transaction.atomic():
        one_time.use(raw, one_time.Purpose.RESET_PASSWORD)


def test_jobs_under_way_are_canceled_and_cost_nothing(person, django_capture_on_commit_callbacks):
    queued, running = factories.job(person), factories.job(person)
    pipeline.claim(running.pk)
    session = tokens.issue(person).session

    deletion.delete(person, session, password=factories.PASSWORD)

    jobs = {job.pk: (job.status, job.charge) for job in Job.objects.all()}
    assert jobs == {queued.pk: ("CANCELED", "RELEASED"), running.pk: ("CANCELED", "REFUNDED")}
    person.wallet.refresh_from_db()
    assert (person.wallet.balance, person.wallet.held) == (10, 0)
    assert [finding for finding in audit.findings() if finding.faults] == []


def test_a_closed_wallet_neither_spends_nor_is_refilled(person):
    deletion.delete(person, tokens.issue(person).session, password=factories.PASSWORD)

    with pytest.raises(SignedOut):
        generations.submit(person, factories.recipe(), idempotency_key="late")
    credits.refill_due(at=timezone.now() + timedelta(days=40))
    assert not Entry.objects.filter(wallet=person.pk, reference__startswith="refill").exists()


def test_what_a_worker_writes_afterwards_is_forgotten_too(person):
    job = factories.job(person, prompt=PROMPT)
    claimed = pipeline.claim(job.pk)
    attempt = Attempt.objects.create(job=claimed, number=claimed.attempt)
    deletion.delete(person, tokens.issue(person).session, password=factories.PASSWORD)

    with pytest.raises(pipeline.LeaseLost):
        pipeline.keep(claimed, attempt, Draft(PROMPT, "openai", "gpt-4o"))
    Session.objects.create(user=person, expires_at=timezone.now(), ip_address=IP, user_agent=AGENT)
    assert found_in_database([PROMPT, IP]) != []

    deletion.forget_late()
    assert found_in_database([PROMPT, IP]) == []


def test_an_export_that_is_being_made_comes_to_nothing(person, files):
    export = exports.ask(person)
    late = exports._claim(export.pk)
    size = exports._store(late)
    deletion.delete(person, tokens.issue(person).session, password=factories.PASSWORD)

    with pytest.raises(exports.LeaseLost):
        exports._finish(late, size)

    doomed.sweep()
    assert objects_in_storage(files) == []
    assert not Mail.objects.filter(kind="export_ready").exists()
    assert not Export.objects.exists()


def test_sockets_are_told_after_the_commit(person, django_capture_on_commit_callbacks):
    ended = []
    sessions = {tokens.issue(person).session.pk for _ in range(3)}

    def hear(sender, session_id, **kwargs):
        ended.append(session_id)

    session_ended.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            deletion.delete(person, Session.objects.first(), password=factories.PASSWORD)
            assert ended == []
    finally:
        session_ended.disconnect(hear)

    assert set(ended) == sessions


def test_a_receiver_that_fails_undoes_everything(person):
    def broken(sender, user, **kwargs):
        raise ValueError("a receiver is broken")

    drawing = factories.job(person)
    pipeline.run(drawing.pk)
    session = tokens.issue(person).session
    user_deleted.connect(broken)
    try:
        with pytest.raises(ValueError, match="broken"):
            deletion.delete(person, session, password=factories.PASSWORD)
    finally:
        user_deleted.disconnect(broken)

    person.refresh_from_db()
    assert (person.name, person.deleted_at) == ("Ada", None)
    assert Generation.objects.filter(user=person).count() == 1
    assert Session.objects.live().filter(pk=session.pk).exists()


def test_a_wrong_password_deletes_nothing_and_is_counted(person, limited):
    session = tokens.issue(person).session

    for _ in range(5):
        with pytest.raises(WrongPassword):
            deletion.delete(person, session, password="not this one")
    with pytest.raises(TooMany):
        deletion.delete(person, session, password=factories.PASSWORD)

    person.refresh_from_db()
    assert person.deleted_at is None


@pytest.fixture
def without_password(person):
    person.set_unusable_password()
    person.save()
    return person


def test_without_a_password_the_e_mail_and_a_fresh_sign_in_are_asked(without_password):
    person = without_password
    session = tokens.issue(person).session

    with pytest.raises(WrongEmail):
        deletion.delete(person, session, email="somebody@example.com")
    Session.objects.filter(pk=session.pk).update(
        created_at=timezone.now() - sessions.FRESH - timedelta(seconds=1)
    )
    session.refresh_from_db()
    with pytest.raises(SignInAgain):
        deletion.delete(person, session, email=person.email)

    deletion.delete(person, tokens.issue(person).session, email=f" {person.email.upper()} ")
    person.refresh_from_db()
    assert person.deleted_at is not None


def test_a_password_is_not_replaced_by_the_e_mail(person):
    with pytest.raises(WrongPassword):
        deletion.delete(person, tokens.issue(person).session, email=person.email)


def test_the_last_superuser_stays(person):
    User.objects.filter(pk=person.pk).update(is_superuser=True, is_staff=True)
    person.refresh_from_db()
    session = tokens.issue(person).session

    with pytest.raises(LastOfStaff):
        deletion.delete(person, session, password=factories.PASSWORD)

    User.objects.create_superuser("root@example.com", "x", name="Root")
    deletion.delete(person, session, password=factories.PASSWORD)
    person.refresh_from_db()
    assert (person.is_superuser, person.is_staff) == (False, False)


def test_the_last_mail_goes_to_the_old_address(person):
    old = person.email
    deletion.delete(person, tokens.issue(person).session, password=factories.PASSWORD)

    mail = Mail.objects.get()
    letter = letters.write(mail)
    assert (mail.kind, mail.to, mail.user) == ("account_deleted", old, None)
    assert letter.subject == "Your ChatSVG account is deleted"


def test_api_deletes_and_clears_the_cookies(signed_in, person):
    def delete(**body):
        return signed_in.client.delete(
            "/api/account",
            json.dumps(body),
            content_type="application/json",
            headers={"X-CSRF-Token": signed_in.token},
        )

    assert delete().status_code == 400
    assert delete(password=7).status_code == 400
    assert delete(password="wrong wrong").json() == {"error": "Current password is incorrect"}
    reply = delete(password=factories.PASSWORD)

    assert (reply.status_code, reply.json()) == (200, {"message": "Account deleted"})
    assert reply.cookies["token"].value == reply.cookies["refreshToken"].value == ""
    assert signed_in.get("/account").status_code == 401


def at_once(*works) -> list:
    """What each of them returned, all begun at the same moment; raises what one of them raised."""
    gate = threading.Barrier(len(works))

    def run(work):
        gate.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [one.result() for one in [pool.submit(run, work) for work in works]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_submits_that_race_with_the_deletion_leave_nothing(turn):
    person = factories.person(credits_left=30)
    session = tokens.issue(person).session

    def submit(number: int) -> None:
        for again in range(3):
            with suppress(SignedOut):
                key = f"{number}-{again}"
                recipe = factories.recipe(prompt=PROMPT)
                job = generations.submit(person, recipe, idempotency_key=key).job
                pipeline.claim(job.pk)

    at_once(
        *(partial(submit, number) for number in range(5)),
        partial(deletion.delete, person, session, password=factories.PASSWORD),
    )

    person.refresh_from_db()
    assert person.deleted_at is not None
    assert not Job.objects.owned_by(person).under_way().exists()
    assert set(Job.objects.owned_by(person).values_list("prompt", flat=True)) <= {""}
    assert [finding for finding in audit.findings() if finding.faults] == []


@pytest.mark.django_db(transaction=True)
def test_deleting_twice_at_once_is_deleting_once():
    person = factories.person()
    session = tokens.issue(person).session

    def delete() -> None:
        with suppress(WrongPassword):  # there is nobody with this password any more
            deletion.delete(person, session, password=factories.PASSWORD)

    at_once(delete, delete, delete)

    assert Mail.objects.filter(kind="account_deleted").count() == 1


def test_storage_that_is_away_delays_the_objects_and_nothing_else(files, monkeypatch):
    user, session = lived()
    deletion.delete(user, session, password=factories.PASSWORD)

    def away(name):
        raise OSError("storage is away")

    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", away)
        doomed.sweep()
    assert len(objects_in_storage(files)) == 4

    DoomedFile.objects.update(due_at=timezone.now())
    doomed.sweep()
    assert objects_in_storage(files) == []
