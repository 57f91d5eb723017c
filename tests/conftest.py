"""What many tests need: a person, a browser-like API client, a scripted model server."""

import json
from uuid import uuid4

import pytest
from django.core.management.commands import flush as flush_command
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client

from accounts.hashers import Argon2id
from chatsvg import background, database
from generations import leases
from generations.providers import breakers
from tests import factories
from tests.identity_provider import dance, identity_provider  # noqa: F401
from tests.model_server import ModelServer
from tests.paypal_server import paypal  # noqa: F401


@pytest.fixture(autouse=True)
def unlimited(settings):
    """Rate limits are off, unless a test asks for `limited`."""
    settings.RATELIMIT_ENABLED = False


@pytest.fixture(autouse=True)
def unseen_jobs_are_not_lost(request, monkeypatch):
    """The thread that renews leases does not see what a test's own transaction has not committed,
    and would take its jobs for lost."""
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if not commits and not (marker and marker.kwargs.get("transaction")):
        monkeypatch.setattr(leases.renewer, "renew", lambda: True)


@pytest.fixture(autouse=True)
def closed_breakers():
    """What earlier tests' endpoints did is forgotten."""
    breakers.reset()


@pytest.fixture(autouse=True)
def known_database(monkeypatch):
    """That an earlier test's database was away is forgotten."""
    monkeypatch.setattr(database._Rest, "noted", float("-inf"))


@pytest.fixture
def limited(settings, unlimited):
    """Rate limits are on, and count this test's requests alone."""
    settings.RATELIMIT_PREFIX = f"test-{uuid4().hex}"
    settings.RATELIMIT_ENABLED = True


@pytest.fixture(autouse=True)
def own_gallery(settings):
    """The gallery's pages are this test's alone: what is rolled back is told to nobody."""
    settings.GALLERY_PREFIX = f"test-{uuid4().hex}"


@pytest.fixture(autouse=True)
def light_hashes(request, monkeypatch):
    """Argon2 is what it is, and costs next to nothing, unless a test asks for `real_hashes`."""
    if "real_hashes" not in request.fixturenames:
        monkeypatch.setattr(Argon2id, "memory_cost", 8)  # KiB: the least that there is
        monkeypatch.setattr(Argon2id, "time_cost", 1)


@pytest.fixture
def real_hashes():
    """Passwords are hashed at the cost that they have for people."""


MADE_BY_MIGRATIONS = {
    *("django_content_type", "auth_permission", "auth_group", "auth_group_permissions"),
}


@pytest.fixture
def person(db):
    return factories.person()


class Api:
    """Talks to `/api` as the React client does: cookies, CSRF header, JSON."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.token = ""

    def csrf(self) -> str:
        self.token = self.client.get("/api/csrf").json()["csrfToken"]
        return self.token

    def get(self, path: str, **headers):
        return self.client.get(f"/api{path}", headers=headers)

    def post(self, path: str, body: object = None, **headers):
        if not self.token:
            self.csrf()
        data = (
            {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        )
        return self.client.post(
            f"/api{path}", **data, headers={"X-CSRF-Token": self.token, **headers}
        )

    def sign_in(self, user):
        reply = self.post("/auth/login", {"email": user.email, "password": factories.PASSWORD})
        assert reply.status_code == 200, reply.content
        return self

    def submit(self, key: str = "key-1", **fields):
        body = {"prompt": "a red fox asleep", "style": "flat", "model": "studio", **fields}
        return self.post("/svg/generate-svg", body, **{"x-idempotency-key": key})


@pytest.fixture
def api(db):
    return Api()


@pytest.fixture
def signed_in(api, person):
    return api.sign_in(person)


@pytest.fixture
def model_server():
    with ModelServer() as server:
        yield server


@pytest.fixture
def endpoint(model_server, settings):
    """The contract's models are drawn by the local server; the test's clocks are short."""
    from generations.providers.clients import close_clients

    settings.OPENAI_BASE_URL = model_server.url
    settings.OPENAI_API_KEY = "key-of-the-test"
    settings.CHATSVG_MODELS = ""
    settings.MODEL_CONNECT_SECONDS = 1
    settings.MODEL_FIRST_BYTE_SECONDS = 5
    settings.MODEL_STALL_SECONDS = 5
    settings.JOB_DEADLINE_SECONDS = 10
    settings.MODEL_REPAIR_SECONDS = 2
    yield model_server
    background.run(close_clients(), 5)


@pytest.fixture
def s3(settings, monkeypatch):
    """Files are in a bucket, which has yet to be made: a client of the server that has it."""
    from tests.s3 import in_use  # a second of imports, for a few tests

    with in_use(settings, monkeypatch) as client:
        yield client


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The tests' database; at the end nobody else is connected to it, or it could not go."""
    yield
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> "
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"{others} pg_backend_pid()", [connection.settings_dict["NAME"]])


@pytest.fixture(scope="session", autouse=True)
def flush_may_empty_ledger():
    """The tests' own flush steps around the trigger that refuses it; nothing else may.

    It deletes rows: TRUNCATE makes the files of each table and index anew, some hundreds. What
    migrations made it leaves: permissions and the staff's groups.
    """

    def sql_flush(self, style, tables, **kwargs):
        emptied = sorted(set(tables) - MADE_BY_MIGRATIONS)
        if not emptied:
            return []
        names = [self.quote_name(table) for table in emptied]
        role = "SET session_replication_role = {};"
        return [
            role.format("replica"),
            f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE;",  # after who still writes
            *(f"DELETE FROM {name};" for name in names),
            role.format("DEFAULT"),
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        patch.setattr(flush_command, "emit_post_migrate_signal", lambda *args, **kwargs: None)
        yield


@pytest.fixture
def own_storage(settings, tmp_path):
    """Drawings are copied into a folder of the test's own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "allow_overwrite": True},
        },
    }
    return tmp_path
