"""Every operation, carried out by every face that has it; the table tells what really ran."""

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext

import pytest

from tests.nodejs import PROJECT
from tests.parity import accepted, faces, typescript
from tests.parity.operations import BODIES, OPERATIONS, PROMPT, Operation
from tests.webhook_receiver import Receiver

pytestmark = pytest.mark.slow
TABLE = PROJECT / "deploy" / "clients" / "PARITY.md"
NONE = "–"
INTRODUCTION = f"""\
# What every face can do

Written by `tests/parity/test_parity.py` from what it has run against an installation of real
processes; a cell is what was run. A face that loses an operation fails the tests; a change is
accepted by `{accepted.COMMAND}`.

"""


class World:
    """An installation with somebody in it, their webhook and drawings; and the faces."""

    def __init__(self, stack, person, keys, package, receiver):
        key, production_key = keys
        self.stack, self.person, self.receiver = stack, person, receiver
        self.rest = faces.Rest(stack.url, key, BODIES)
        self.faces = {
            "rest": self.rest,
            "python": faces.Python(stack.url, key),
            "typescript": faces.TypeScript(stack.url, key, package),
            "cli": faces.CommandLine(stack.url, key),
            "mcp": faces.Mcp(stack.url, key),
            "webhook": faces.Hooked(receiver, stack.wait_for),
        }
        self.for_real = {
            "rest": faces.Rest(stack.url, production_key, BODIES),
            "typescript": faces.TypeScript(stack.url, production_key, package),
        }
        who = "SELECT id::text FROM accounts_user WHERE email = %s"
        self.user_id = stack.value(who, person.email)
        self.hook = self._ask("webhooks", url=receiver.url)["webhook"]["id"]
        self.names = {name: self._names() for name in self.faces}

    def close(self) -> None:
        for face in (*self.faces.values(), *self.for_real.values()):
            face.close()

    def _ask(self, path: str, **body: object) -> dict:
        return self.rest.http.post(f"/v1/{path}", json=body).raise_for_status().json()

    def new_job(self) -> str:
        return self._ask("svg/generate", prompt=PROMPT)["jobId"]

    def _names(self) -> faces.Names:
        """What a face is told of: a job that was drawn, its drawing, and what was sent of it."""
        job = self.new_job()
        assert self.stack.wait_ended(job) == ["SUCCEEDED"]
        done = (
            "SELECT d.id::text FROM realtime_webhookdelivery d JOIN realtime_webhookmessage m"
            " ON m.id = d.message_id WHERE d.status = 'succeeded' AND m.job_id = %s"
        )
        assert self.stack.wait_for(lambda: self.stack.rows(done, job), 10)
        return {
            "job": job,
            "drawing": str(self.stack.job(job)["generation_id"]),
            "prompt": PROMPT,
            "url": self.receiver.url,
            "hook": self.hook,
            "delivery": self.stack.value(done, job),
            "changed": "changed",
        }

    def lower_credits(self) -> None:
        """Have `credits.low` told: by a drawing that costs something."""
        token = {"X-CSRF-Token": self.person.token}
        asked = {"url": self.receiver.url, "events": ["credits.low"]}
        assert self.person.post("/webhooks", asked).status == 201
        limit = {"creditsLowThreshold": 9}
        assert self.person._send("PATCH", "/api/webhooks/settings", limit, token).status == 200
        assert self.stack.wait_ended(self.person.ask()) == ["SUCCEEDED"]

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Nothing is drawn meanwhile."""
        (worker,) = self.stack.workers
        self.stack.kill(worker, signal.SIGSTOP)
        try:
            yield
        finally:
            self.stack.kill(worker, signal.SIGCONT)

    def is_watched(self) -> bool:
        """Whether a stream is open."""
        with closing(self.stack.redis()) as redis:
            return bool(redis.pubsub_channels(f"*user.{self.user_id}*"))

    def jobs(self) -> int:
        query = "SELECT count(*) FROM generations_job WHERE user_id = %s"
        return self.stack.value(query, self.user_id)

    # --- Carrying out ---

    def run(self, operation: Operation, name: str) -> None:
        """Raises what went wrong."""
        face = (self.for_real if operation.is_for_real else self.faces)[name]
        words = getattr(operation, name)
        names = self.names["rest"] if name == "webhook" else self.names[name]
        if operation.is_live:
            told, names = self._run_live(face, words, names)
            assert told.progress or "RUNNING" in told.text, "nothing was told of the progress"
        elif operation.needs and name != "webhook":
            with self.asleep() if operation.needs == "waiting" else nullcontext():
                names["last"] = self.new_job()
                told = face.run(words, {**names, "job": names["last"]})
            names = {**names, "job": names["last"]}
        else:
            names = {**names, "job": names["last"]} if operation.needs else names
            told = face.run(words, names)
        self._check(operation, told, names)
        if operation.title == "Create a webhook":
            newest = "SELECT id::text FROM realtime_webhookendpoint ORDER BY id DESC LIMIT 1"
            names["webhook"] = self.stack.value(newest)

    def _run_live(self, face, words: str, names: faces.Names) -> tuple[faces.Told, faces.Names]:
        """The worker sleeps until the face listens."""
        assert self.stack.wait_for(lambda: not self.is_watched(), 10)
        with ThreadPoolExecutor(1) as pool:
            with self.asleep():
                names = {**names, "job": self.new_job()}
                before = self.jobs()
                result = pool.submit(face.run, words, names)
                listens = self.is_watched if face.streams else lambda: self.jobs() > before
                assert self.stack.wait_for(lambda: listens() or result.done(), 10)
            return result.result(faces.SECONDS), names

    def _check(self, operation: Operation, told: faces.Told, names: faces.Names) -> None:
        for shown in operation.shows:
            wanted = [names[shown]] if shown in names else shown.split("|")
            assert any(one in told.text for one in wanted), (shown, wanted, told.text[:500])
        if operation.truth:
            query, expected = operation.truth
            query = query.format(**names)
            assert self.stack.wait_for(lambda: self.stack.value(query) == expected, 10), query


@pytest.fixture
def world(stack, person, key, production_key, package):
    with Receiver() as receiver:
        world = World(stack, person, (key, production_key), package, receiver)
        try:
            world.lower_credits()
            yield world
        finally:
            world.close()


@pytest.mark.ci
def test_every_face_does_what_the_table_says(world):
    done, wrong = {}, []
    for operation in OPERATIONS:
        for name in world.faces:
            if words := getattr(operation, name):
                try:
                    world.run(operation, name)
                    done[operation.title, name] = words
                except Exception as error:
                    wrong.append(f"{operation.title}, {name}: {type(error).__name__}: {error}")

    assert not wrong, "\n".join(wrong)
    accepted.hold(TABLE, INTRODUCTION + written(done, world.faces))


def written(done: dict[tuple[str, str], str], known: dict) -> str:
    rows = [["Operation", *(face.title for face in known.values())], ["---"] * (len(known) + 1)]
    for operation in OPERATIONS:
        cells = [done.get((operation.title, name)) for name in known]
        rows.append([operation.title, *(f"`{cell}`" if cell else NONE for cell in cells)])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def test_table_has_every_operation_of_v1():
    described = json.loads(typescript.DESCRIPTION.read_text())["paths"]
    there = {(method.upper(), shape(path)) for path, all_ in described.items() for method in all_}

    listed = {tuple(shape(one.rest).split(" ")[:2]) for one in OPERATIONS if one.rest}

    assert listed == there


def shape(path: str) -> str:
    """Whatever its parameters are called."""
    bare = path.partition("?")[0]
    return "/".join("{}" if part.startswith("{") else part for part in bare.split("/"))
