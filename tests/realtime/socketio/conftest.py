import shutil
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests import nodejs
from tests.faults.harness import running_stack
from tests.realtime.socketio.clients import Client, Polling, jar

PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>Client</title>
<script src="/socket.io.min.js"></script><script src="/page.js"></script>"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Nobody reads it."""


@pytest.fixture(scope="session")
def frontend(tmp_path_factory):
    """The origin of the client: a server of files, with a page like the client's."""
    folder = tmp_path_factory.mktemp("frontend")
    (folder / "index.html").write_text(PAGE)
    shutil.copy(Path(__file__).with_name("page.js"), folder)
    shutil.copy(nodejs.packages() / "socket.io-client" / "dist" / "socket.io.min.js", folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def processes(frontend):
    with running_stack(FRONTEND_URL=frontend) as stack:
        yield stack


@pytest.fixture
def stack(processes):
    """A whole installation with one worker; what a test broke is mended before the next."""
    processes.make_whole()
    return processes


@pytest.fixture
def person(stack):
    return stack.person()


@pytest.fixture
def client(stack):
    """Starts clients of people; they end with the test."""
    clients = []

    def start(person=None, url: str = "", **options):
        clients.append(Client(url or stack.url, jar(person) if person else "", **options))
        return clients[-1]

    yield start
    for one in clients:
        one.close()


@pytest.fixture
def polling(stack):
    def open_for(person=None, **headers):
        return Polling(stack.url, jar(person) if person else "", **headers)

    return open_for
