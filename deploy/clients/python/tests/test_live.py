"""The client and the command line against an installation of real processes."""

import asyncio
import json
import re
import shlex
import stat
import subprocess
import sys
import threading
from itertools import islice
from pathlib import Path

import pytest

from chatsvg_client import (
    AsyncClient,
    AuthenticationError,
    Client,
    Conflict,
    InsufficientCredits,
    InvalidRequest,
    JobFailed,
    NotFound,
    PermissionDenied,
    Timeout,
    cli,
)

pytestmark = pytest.mark.slow
FOX = "a red fox asleep"
README = Path(__file__).parents[1] / "README.md"
MODEL = "gpt-4o"  # the one that the stack's own server answers for


@pytest.fixture
def client(stack, keys):
    with Client(keys.make(), base_url=stack.url) as client:
        yield client


@pytest.fixture
def live(stack, keys):
    """With a production key, which pays."""
    with Client(keys.make("production"), base_url=stack.url) as client:
        yield client


def test_a_drawing_from_its_prompt_to_its_end(client):
    assert next(one.id for one in client.styles() if one.is_default) == "outline"
    assert "studio" in [one.id for one in client.models() if one.is_available]
    before = client.credits()
    assert client.estimate(FOX, n=2).price == 0

    job = client.generate(FOX, style="flat", wait=True)

    assert (job.status, job.style, job.is_test) == ("SUCCEEDED", "flat", True)
    assert job.svg.startswith("<svg")
    assert client.credits() == before
    drawing = client.drawing(job.drawing_id)
    assert (drawing.svg, drawing.prompt, drawing.is_private) == (job.svg, FOX, True)
    assert client.export(drawing.id).decode() == job.svg
    assert client.export(drawing.id, "png", 64).startswith(b"\x89PNG")
    assert b"export default" in client.export(drawing.id, "jsx")
    assert client.usage().keys[0].requests >= 8
    client.delete(drawing.id)
    with pytest.raises(NotFound):
        client.drawing(drawing.id)


def test_several_are_drawn_and_lists_go_over_pages(client):
    jobs = client.generate(FOX, n=3, wait=20)
    ids = {job.id for job in jobs}

    assert [job.status for job in jobs] == ["SUCCEEDED"] * 3
    assert {job.id for job in client.jobs(page_size=1)} == ids
    assert {one.id for one in client.drawings(page_size=2)} == {job.drawing_id for job in jobs}
    assert len(list(islice(client.jobs(page_size=1), 2))) == 2


def test_progress_is_live(stack, keys):
    stack.model.script({"piece_delay": 0.2})
    shown = []

    async def draw():
        async with AsyncClient(keys.make("production"), base_url=stack.url) as client:
            return await client.generate(
                FOX, model=MODEL, wait=20, on_progress=lambda one: shown.append(one)
            )

    job = asyncio.run(draw())

    steps = [one.progress for one in shown]
    assert (job.status, job.credits_charged, steps[-1]) == ("SUCCEEDED", True, 100)
    assert steps == sorted(steps)
    assert {"drawing"} <= {one.stage for one in shown}
    assert len(set(steps)) > 3


def test_a_canceled_job_says_so_and_a_slow_one_is_late(stack, live):
    stack.model.script({"hold_after": 1})
    job = live.generate(FOX, model=MODEL)
    with pytest.raises(Timeout) as late:
        live.wait(job, timeout=1)
    assert late.value.job_id == job.id
    canceler = threading.Timer(0.5, live.cancel, [job])
    canceler.start()

    with pytest.raises(JobFailed) as failed:
        live.wait(job, timeout=20, on_progress=lambda one: None)

    canceler.join()
    assert failed.value.code == "CANCELED"
    assert live.credits().available == 10


def test_a_lost_answer_is_paid_once(stack, keys, server):
    server.behind = stack.url
    server.script = [server.forward_and_drop, server.forward]
    raw = keys.make("production")
    with Client(raw, base_url=server.url) as client:
        job = client.generate(FOX)
    with Client(raw, base_url=stack.url) as client:
        client.wait(job, timeout=20)

        assert len(server.asked) == 2
        assert [one.id for one in client.jobs()] == [job.id]
        assert client.credits().balance == 9


def test_refusals_are_typed(stack, keys, live):
    with pytest.raises(InvalidRequest):
        live.generate("fox")
    with pytest.raises(NotFound):
        live.job("01900000-0000-7000-8000-000000000000")
    first = live.generate(FOX, idempotency_key="once")
    assert live.generate(FOX, idempotency_key="once").id == first.id
    with pytest.raises(Conflict):
        live.generate("a blue whale at sea", idempotency_key="once")
    for _ in range(3):
        try:
            live.generate(FOX, n=4)
        except InsufficientCredits:
            break
    else:
        pytest.fail("thirteen drawings for ten credits")
    with Client(keys.make(scopes=["svg:read"]), base_url=stack.url) as reader:
        with pytest.raises(PermissionDenied):
            reader.credits()
        keys.revoke_all()
        with pytest.raises(AuthenticationError) as refused:
            reader.styles()
    assert refused.value.code == "API_KEY_REVOKED"


def test_webhooks(client):
    made = client.create_webhook("https://example.com/hooks", events=["generation.failed"])
    one = made.webhook
    assert made.secret not in repr(made)
    assert client.webhooks() == [client.webhook(one.id)]
    assert client.update_webhook(one.id, enabled=False).is_enabled is False
    assert client.update_webhook(one.id, enabled=True, description="Ours").description == "Ours"
    assert client.rotate_webhook(one.id, end_previous=True).secret != made.secret

    sent = client.test_webhook(one.id)

    assert [found.id for found in client.deliveries(one.id, page_size=1)] == [sent.id]
    client.delete_webhook(one.id)
    with pytest.raises(NotFound):
        client.webhook(one.id)


# --- The command line ---


@pytest.fixture
def shell(stack, keys, monkeypatch, tmp_path, capsys):
    """Runs a command: its exit code, what it printed, and its complaints."""
    monkeypatch.setenv("CHATSVG_API_KEY", keys.make())
    monkeypatch.setenv("CHATSVG_BASE_URL", stack.url)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)

    def run(*words):
        capsys.readouterr()
        code = cli.main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_command_line_draws_and_fetches(shell, tmp_path):
    code, out, err = shell("draw", FOX, "--style", "flat", "--watch", "-o", "fox.svg")
    assert (code, out) == (0, "fox.svg\n")
    assert err.splitlines()[-1] == "100 % done"
    (told,) = json.loads(shell("--json", "jobs")[1])["jobs"]
    assert (told["prompt"], told["is_test"]) == (FOX, True)

    assert shell("get", told["id"], "-o", "fox.png", "--size", "64")[0] == 0
    assert shell("get", told["drawing_id"])[1] == (tmp_path / "fox.svg").read_text()
    assert (tmp_path / "fox.png").read_bytes().startswith(b"\x89PNG")
    assert shell("draw", FOX, "-n", "2", "-o", "two.svg")[1] == "two-1.svg\ntwo-2.svg\n"
    assert shell("delete", told["drawing_id"])[0] == 0
    code, out, err = shell("get", told["drawing_id"])
    assert (code, out) == (4, "")
    assert re.fullmatch(r"chatsvg: SVG not found \(NOT_FOUND, request \w+\)\n", err)


def test_command_line_tells_what_there_is(shell):
    assert "flat" in shell("styles")[1]
    assert "studio" in shell("models")[1]
    assert shell("credits")[1] == "10 credits (SUPPORTER)\n"
    assert json.loads(shell("estimate", FOX, "-n", "2", "--json")[1])["price"] == 0
    assert shell("keys")[1].startswith("in use: sk_test_")
    assert json.loads(shell("keys", "check", "--json")[1])["scopes"] == {
        "svg:read": True,
        "svg:generate": True,
        "account:read": True,
        "webhooks": True,
    }
    made = json.loads(shell("webhooks", "create", "https://example.com/h", "--json")[1])
    webhook = made["webhook"]["id"]
    assert shell("webhooks", "update", webhook, "--disable")[1].split()[1] == "off"
    assert "whsec_" in shell("webhooks", "rotate", webhook)[1]
    assert webhook in shell("webhooks")[1]
    assert shell("webhooks", "delete", webhook)[0] == 0


def test_command_line_says_what_is_wrong(shell, monkeypatch, tmp_path):
    assert shell("draw", "fox")[0] == 1
    assert shell("draw", FOX, "-o", "-", "--json")[0] == 2
    code, out, err = shell("cancel", "nothing")
    assert (code, out) == (4, "")
    assert re.fullmatch(r"chatsvg: Generation job not found \(\w+, request \w+\)\n", err)
    monkeypatch.setenv("CHATSVG_API_KEY", "sk_test_unknown")
    assert shell("credits")[0] == 3
    monkeypatch.delenv("CHATSVG_API_KEY")
    assert shell("credits")[0] == 2


def test_a_stored_key_is_for_its_owner_alone(shell, stack, keys, monkeypatch, tmp_path):
    raw = keys.make()
    monkeypatch.delenv("CHATSVG_API_KEY")
    monkeypatch.setattr(sys, "stdin", (tmp_path / "key").open("w+"))
    with sys.stdin as stdin:
        stdin.write(f"{raw}\n")
        stdin.seek(0)
        code, out, _ = shell("keys", "save")
    file = tmp_path / "config" / "chatsvg" / "config.toml"

    assert (code, raw in out) == (0, False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert shell("credits")[0] == 0
    file.chmod(0o644)
    assert shell("credits")[0] == 2


# --- The README ---


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)


def test_python_of_the_readme_runs(stack, keys, tmp_path):
    """As one program: a start of Python costs more than a drawing."""
    env = {
        "CHATSVG_API_KEY": keys.make(),
        "CHATSVG_BASE_URL": stack.url,
        "PYTHONPATH": str(README.parent),
    }
    argv = [sys.executable, "-W", "error", "-c", "\n".join(blocks("python"))]

    done = subprocess.run(argv, env=env, cwd=tmp_path, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert len(blocks("python")) == 5
    assert done.stdout.startswith("<svg ")
    assert "100 done" in done.stdout
    assert "400 " in done.stdout
    assert (tmp_path / "fox.png").read_bytes().startswith(b"\x89PNG")


def test_commands_of_the_readme_run(shell, tmp_path):
    (commands,) = blocks("bash")
    words = [shlex.split(line) for line in commands.splitlines()]

    done = [(name, *shell(*rest)) for name, *rest in words]

    assert len(done) == 6
    assert {(name, code) for name, code, _, _ in done} == {("chatsvg", 0)}
    assert (tmp_path / "fox.svg").read_text().startswith("<svg")


def test_command_line_is_a_program(tmp_path):
    """Without a key it complains in one line."""
    argv = [sys.executable, "-m", "chatsvg_client.cli", "credits"]
    env = {"PYTHONPATH": str(README.parent), "HOME": str(tmp_path)}

    done = subprocess.run(argv, env=env, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "chatsvg: No API key. Set CHATSVG_API_KEY, or store one: chatsvg keys save"
    ]
