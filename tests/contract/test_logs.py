"""Log lines: each names its request (CONTRACT §1.8), and none tells of anybody (S25)."""

import json
import logging
import re

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import OperationalError
from django.test import Client

from accounts import one_time
from accounts.models import Mail, OneTimeToken, RefreshToken
from chatsvg.asgi import application
from chatsvg.logs import lines as line_format
from chatsvg.telemetry.live import LiveRequestId
from generations import pipeline
from generations.models import Generation, Job
from tests.conftest import Api
from tests.mails import deliver, link

logger = logging.getLogger("tests.contract")


class Lines(logging.Handler):
    """Everything that is logged, as the handler of the settings writes it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(line_format.formatter("json"))
        self.told: list[dict] = []
        self.said: list[str] = []
        self.ids: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = json.loads(self.format(record))
        self.told.append(line)
        self.said.append(json.dumps(line, ensure_ascii=False))
        self.ids.append(line.get("request", "-"))


@pytest.fixture
def lines():
    root, handler = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


# --- The id of the request ------------------------------------------------------------------------

REFUSED = [
    ("GET", "/api/nowhere", 404),
    ("GET", "/nowhere", 404),
    ("GET", "/files/nowhere", 404),
    ("GET", "/api/auth/current-user", 401),
    ("PUT", "/api/health", 405),
    ("DELETE", "/signin", 403),
    ("POST", "/api/auth/login", 403),
    ("POST", "/admin/login/", 403),
]


@pytest.mark.parametrize(("method", "path", "status"), REFUSED)
def test_line_of_a_refusal_names_its_request(db, lines, method, path, status):
    client = Client(enforce_csrf_checks=method != "PUT")
    if method == "PUT":
        client = Api().client
        token = client.get("/api/csrf").json()["csrfToken"]
        lines.ids.clear()
        headers = {"X-CSRF-Token": token, "x-request-id": "told-7"}
    else:
        headers = {"x-request-id": "told-7"}

    reply = client.generic(method, path, headers=headers)

    assert reply.status_code == status
    assert set(lines.ids) == {"told-7"}, lines.said


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), OperationalError("away")])
def test_line_of_a_fault_names_its_request(signed_in, lines, monkeypatch, error):
    def broken(user):
        raise error

    monkeypatch.setattr("accounts.api.person", broken)
    signed_in.client.raise_request_exception = False
    lines.ids.clear()

    reply = signed_in.get("/auth/current-user", **{"x-request-id": "told-7"})

    assert reply.status_code in (500, 503)
    assert set(lines.ids) == {"told-7"}, lines.said


def test_line_outside_of_requests_names_none(db, lines):
    Client().get("/api/health")
    logger.info("upkeep")

    assert lines.ids[-1] == "-"


def handshake(path="/events/", **headers):
    sent = [(b"host", b"localhost")]
    sent += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": sent}


async def answered(app, scope) -> dict[bytes, bytes]:
    """The headers of an answer."""
    one = ApplicationCommunicator(app, scope)
    await one.send_input({"type": "http.request", "body": b"", "more_body": False})
    return dict((await one.receive_output(timeout=15))["headers"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
@pytest.mark.parametrize("origin", ["http://localhost", "https://evil.example"])
@pytest.mark.parametrize("sent", ["told-7", "a b", "", "x" * 65])
async def test_live_connection_has_an_id(origin, sent):
    """A 401 to a visitor, a 403 to a foreign page."""
    headers = await answered(application, handshake(origin=origin, x_request_id=sent))

    told = headers[b"x-request-id"].decode()
    assert told == sent if sent == "told-7" else re.fullmatch("[0-9a-f]{32}", told)


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_lines_of_a_live_connection_name_it(lines):
    async def inner(scope, receive, send):
        logger.warning("viewer.without_pushes")
        await send({"type": "http.response.start", "status": 200, "headers": []})

    await answered(LiveRequestId(inner), handshake(x_request_id="told-7"))

    told = [line for line in lines.told if line["logger"].startswith(("tests.", "chatsvg."))]
    assert [(line["event"], line["request"]) for line in told] == [
        ("viewer.without_pushes", "told-7"),
        ("request.answered", "told-7"),
    ]


# --- What no line says ----------------------------------------------------------------------------

EMAIL, PASSWORD, NAME = "aurelia@log.example", "aurelia knows this one", "Aurelia Lovelace"
PROMPT = "a whale that nobody may know of"


def values(client: Client) -> set[str]:
    return {cookie.value for cookie in client.cookies.values() if cookie.value}


@pytest.mark.django_db(transaction=True)
def test_s25_a_whole_life_leaves_no_secret_in_the_log(lines, settings):
    settings.GITHUB_CLIENT_ID, settings.GITHUB_CLIENT_SECRET = "client", "secret of the client"
    api, secrets = Api(), {EMAIL, PASSWORD, NAME, PROMPT, "secret of the client"}

    def keep():
        secrets.update(values(api.client), {api.token})

    body = {"email": EMAIL, "password": PASSWORD, "name": NAME, "agreedToTerms": True}
    assert api.post("/auth/register", body).status_code == 201
    keep()
    assert api.post("/auth/login", {"email": EMAIL, "password": "wrong one"}).status_code == 401
    assert api.post("/auth/login", {"email": EMAIL, "password": PASSWORD}).status_code == 200
    keep()
    job = api.submit("a key that is mine", prompt=PROMPT, privacy=True).json()["job"]["id"]
    assert api.submit("a key that is mine", prompt=PROMPT + "!").status_code == 409
    pipeline.run(Job.objects.get(pk=job).pk)
    drawing = Generation.objects.get()
    url = api.get(f"/svg/{drawing.pk}/download").json()["downloadUrl"]
    secrets.add(url.partition("signature=")[2].partition("&")[0])
    assert api.client.get(url).status_code == 200
    assert api.client.get(url.replace("signature=", "signature=x")).status_code == 404
    assert api.post("/auth/refresh").status_code == 200
    keep()
    assert api.post("/auth/forgot-password", {"email": EMAIL}).status_code == 200
    letters = deliver()
    reset = next(one for one in letters if "token=" in one.body and "reset" in one.body)
    token = link(reset).partition("token=")[2]
    secrets.add(token)
    assert api.client.get(f"/reset-password?token={token}").status_code == 200
    assert api.client.get(f"/reset-password/nowhere?token={token}").status_code == 404
    used = {"token": token, "newPassword": PASSWORD + "!"}
    assert api.post("/auth/reset-password", used).status_code == 200
    assert api.post("/auth/reset-password", used).status_code == 400
    begun = api.client.get("/api/auth/github?redirectUrl=/app")
    secrets.add(re.search("state=([^&]+)", begun["Location"])[1])
    keep()
    callback = f"/api/auth/github/callback?code=a-code-of-github&state={'s' * 43}"
    assert api.client.get(callback)["Location"].endswith("state_invalid")
    secrets.add("a-code-of-github")
    api.post("/auth/login", {"email": EMAIL, "password": PASSWORD + "!"})
    keep()
    assert api.post("/auth/logout").status_code == 200
    hashes = RefreshToken.objects.values_list("token_hash", flat=True)
    secrets |= set(hashes) | set(OneTimeToken.objects.values_list("token_hash", flat=True))

    assert Mail.objects.exists()
    assert one_time.find(token, OneTimeToken.Purpose.RESET_PASSWORD) is None
    assert len(lines.said) > 5
    told = [(secret, line) for line in lines.said for secret in secrets if secret in line]
    assert told == []


def test_s25_faults_tell_no_secret_either(lines, signed_in, person, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr("generations.services.submit", broken)
    signed_in.client.raise_request_exception = False

    assert signed_in.submit("a key that is mine", prompt=PROMPT).status_code == 500

    secrets = {PROMPT, person.email, *values(signed_in.client)}
    assert any("broken" in line for line in lines.said)
    assert [line for line in lines.said for one in secrets if one in line] == []
