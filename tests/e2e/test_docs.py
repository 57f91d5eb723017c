"""The code samples of `/docs`, run as they stand there, on real processes."""

import html
import json
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest
import requests

from chatsvg.docs import samples
from tests import nodejs
from tests.faults.people import PASSWORD, Person

pytestmark = [pytest.mark.slow, pytest.mark.ci]
PATIENCE = 20


def interpreters():
    return {"sh": ["bash", "-eu"], "py": [sys.executable], "mjs": [nodejs.node()]}


class Reader:
    """Somebody who tries the samples, one after the other, in a folder of their own."""

    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder
        self.person = Person(stack.url).register()
        self.env = {
            **os.environ,
            "CHATSVG_URL": stack.url,
            "CHATSVG_EMAIL": self.person.email,
            "CHATSVG_PASSWORD": PASSWORD,
        }

    def command(self, name):
        return [*interpreters()[name.rpartition(".")[2]], str(samples.FOLDER / name)]

    def run(self, name, **env):
        done = subprocess.run(
            self.command(name),
            cwd=self.folder,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, (name, done.stdout, done.stderr)
        return done.stdout.strip()

    @contextmanager
    def running(self, name, **env):
        process = subprocess.Popen(
            self.command(name),
            cwd=self.folder,
            env={**self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate(timeout=PATIENCE)


class Clicker(Reader):
    """Somebody who makes a key by the page, and copies the samples from there with it."""

    def __init__(self, stack, folder):
        super().__init__(stack, folder)
        self.env = {**os.environ}  # nothing of ours: what was copied has to do
        self.page = self.clicked()

    def clicked(self) -> str:
        """The guide, as it is shown after the click."""
        with requests.Session() as window:
            address, person = self.stack.url, self.person.email
            window.get(f"{address}/signin").raise_for_status()
            fields = {"csrf-token": window.cookies["csrf-token"]}
            signs_in = {**fields, "email": person, "password": PASSWORD}
            window.post(f"{address}/signin", signs_in).raise_for_status()
            page = window.post(f"{address}/docs/key", fields)
            page.raise_for_status()
            return page.text

    def command(self, name):
        ending = name.rpartition(".")[2]
        code = re.search(rf'id="code-{name.replace(".", "-")}">(.*?)</code>', self.page, re.DOTALL)
        file = self.folder / f"copied-{name}"
        file.write_text(html.unescape(code[1]))
        return [*interpreters()[ending], str(file)]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def is_open(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("ending", samples.LANGUAGES)
def test_samples_do_what_they_say(stack, tmp_path, ending):
    reader = Reader(stack, tmp_path)
    run = reader.run

    key = run(f"key.{ending}").splitlines()[-1]
    assert key.startswith("sk_test_")
    reader.env["CHATSVG_API_KEY"] = key

    draw(reader, ending)
    receive(reader, ending)


@pytest.mark.parametrize("ending", samples.LANGUAGES)
def test_samples_with_a_clicked_key_run_as_they_are(stack, tmp_path, ending):
    reader = Clicker(stack, tmp_path)
    run = reader.run

    draw(reader, ending)
    assert "one job" in run(f"repeat.{ending}")
    assert run(f"errors.{ending}").startswith("400 BAD_REQUEST")
    assert "SUCCEEDED" in run(f"poll.{ending}")
    assert (tmp_path / "lighthouse.png").read_bytes().startswith(b"\x89PNG")
    assert "SUCCEEDED" in follow(reader, ending)


def draw(reader, ending) -> None:
    drawn = reader.run(f"draw.{ending}")
    drawn = json.loads(drawn)["job"]["svg"] if ending == "sh" else drawn
    assert drawn.startswith("<svg") and drawn.endswith("</svg>")


def follow(reader, ending) -> str:
    """What a live stream says of a drawing that is asked for while it is open."""
    count = "SELECT count(*) FROM accounts_keyuse"
    before = reader.stack.value(count)
    with reader.running(f"live.{ending}") as process:
        assert reader.stack.wait_for(lambda: reader.stack.value(count) > before, 20)
        reader.run("draw.sh")
        return process.communicate(timeout=PATIENCE)[0]


def receive(reader, ending) -> None:
    """An event of ours reaches the receiver, which finds it genuine."""
    port = free_port()
    made = reader.run(f"webhook.{ending}", RECEIVER_URL=f"http://127.0.0.1:{port}/hook")
    secret = json.loads(made)["secret"] if ending == "sh" else made
    assert secret.startswith("whsec_")
    if ending == "sh":
        return
    with reader.running(f"receive.{ending}", WEBHOOK_SECRET=secret, PORT=str(port)) as process:
        assert reader.stack.wait_for(lambda: is_open(port), 10)
        reader.run("draw.sh")
        assert process.stdout.readline().startswith("generation.succeeded")
