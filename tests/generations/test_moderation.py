import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts.keys import asked
from accounts.keys import services as keys
from credits.models import Wallet
from generations import checks, moderation, services
from generations.errors import NotModerated, PromptRejected
from generations.models import Job
from tests import factories
from tests.pages import Browser, text

pytestmark = pytest.mark.django_db
seen: list[str] = []
_never = threading.Event()


def no_cats(prompt):
    seen.append(prompt)
    return "No cats, please." if "cat" in prompt else None


def broken(prompt):
    raise RuntimeError("the hook is broken")


def hanging(prompt):
    _never.wait(5)


@pytest.fixture
def guarded(settings):
    seen.clear()
    settings.MODERATION = f"{__name__}.no_cats"
    settings.MODERATION_SECONDS = 0.2
    _never.clear()
    yield settings
    _never.set()


def nothing_is_stored(user):
    wallet = Wallet.objects.get(pk=user.pk)
    return (Job.objects.count(), wallet.available, wallet.held) == (0, 10, 0)


def test_it_is_off_by_default(person):
    services.submit(person, factories.recipe(prompt="a cat asleep"), idempotency_key="k")

    assert Job.objects.count() == 1


def test_api_refuses_with_the_reason_and_at_no_cost(guarded, signed_in, person):
    reply = signed_in.submit(prompt="a cat asleep")

    assert reply.status_code == 400
    assert reply.json() == {"error": "No cats, please.", "errorCode": "CONTENT_REJECTED"}
    assert nothing_is_stored(person)


def test_page_shows_the_reason_and_keeps_what_was_typed(guarded, person):
    reply = Browser().sign_in(person).draw(prompt="a cat asleep")

    assert reply.status_code == 400
    assert "No cats, please." in text(reply)
    assert "a cat asleep" in text(reply)
    assert nothing_is_stored(person)


def test_v1_refuses_with_a_problem(guarded, client, person):
    made = keys.create(person, asked.key({"name": "x", "environment": "test"}))

    reply = client.post(
        "/v1/svg/generate",
        {"prompt": "a cat asleep"},
        content_type="application/json",
        headers={"X-API-Key": made.raw},
    )

    assert (reply.status_code, reply.json()["errorCode"]) == (400, "CONTENT_REJECTED")
    assert reply.json()["detail"] == "No cats, please."
    assert nothing_is_stored(person)


def test_draw_command_refuses(guarded, person):
    with pytest.raises(CommandError, match="No cats, please"):
        call_command("draw", "a cat asleep", user=person.email)

    assert nothing_is_stored(person)


def test_a_repeat_never_meets_it(guarded, person):
    first = services.submit(person, factories.recipe(), idempotency_key="k")
    assert seen == ["a red fox asleep"]
    guarded.MODERATION = f"{__name__}.broken"

    again = services.submit(person, factories.recipe(), idempotency_key="k")

    assert (again.job, again.is_duplicate) == (first.job, True)


@pytest.mark.parametrize("hook", ["broken", "hanging", "missing"])
def test_without_an_answer_nothing_is_drawn_unseen(guarded, signed_in, person, hook):
    guarded.MODERATION = f"{__name__}.{hook}"

    reply = signed_in.submit()

    assert reply.status_code == 503
    assert nothing_is_stored(person)


@pytest.mark.parametrize("hook", ["broken", "hanging"])
def test_without_an_answer_drawing_goes_on_where_that_is_wanted(guarded, person, hook):
    guarded.MODERATION = f"{__name__}.{hook}"
    guarded.MODERATION_REQUIRED = False

    services.submit(person, factories.recipe(), idempotency_key=str(uuid4()))

    assert Job.objects.count() == 1


def test_hooks_that_hang_take_no_more_than_their_places(guarded, monkeypatch):
    guarded.MODERATION = f"{__name__}.hanging"
    monkeypatch.setattr(moderation, "_places", threading.BoundedSemaphore(1))
    guarded.MODERATION_SECONDS = 0.05

    for _ in range(3):
        with pytest.raises(NotModerated):
            moderation.check("a fox")
    assert sum(thread.name == "moderation" for thread in threading.enumerate()) == 1


class _Moderator(BaseHTTPRequestHandler):
    """Speaks OpenAI's /moderations: flags cats, and knows nothing else."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        is_known = self.path == "/v1/moderations" and self.headers["Authorization"] == "Bearer k"
        flags = [{"flagged": False}, {"flagged": "cat" in body["input"]}]
        answer = json.dumps({"model": body["model"], "results": flags}).encode()
        self.send_response(200 if is_known else 404)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        """Nothing to the terminal."""


@pytest.fixture
def moderator(settings):
    with ThreadingHTTPServer(("127.0.0.1", 0), _Moderator) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        settings.OPENAI_BASE_URL = f"http://127.0.0.1:{server.server_port}/v1"
        settings.OPENAI_API_KEY = "k"
        settings.MODERATION = "generations.moderation.ask_endpoint"
        yield server
        server.shutdown()


def test_the_endpoint_is_asked_in_openais_way(moderator):
    moderation.check("a fox")

    with pytest.raises(PromptRejected, match="cannot be drawn here"):
        moderation.check("a cat")


def test_an_endpoint_that_does_not_moderate_is_a_fault(moderator, settings):
    settings.OPENAI_API_KEY = "another"

    with pytest.raises(NotModerated):
        moderation.check("a fox")


@pytest.mark.parametrize(
    ("path", "is_fine"),
    [
        ("", True),
        ("generations.moderation.ask_endpoint", True),
        ("generations.moderation.nothing", False),
        ("nothing", False),
        ("generations.moderation.REJECTED", False),
    ],
)
def test_a_hook_that_is_none_stops_the_start(settings, path, is_fine):
    settings.MODERATION = path

    assert (checks.moderation_can_be_asked(None) == []) is is_fine
