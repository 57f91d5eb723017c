"""A server that answers as it is told, and an installation of real processes."""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Asked:
    """A request that the scripted server got."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body


class Scripted(ThreadingHTTPServer):
    """Answers requests in turn: (status, headers, body), DROP, or what a function gives."""

    DROP = object()

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script, self.asked, self.behind = [], [], ""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def forward(self, asked):
        """Have a request carried out by `self.behind`, and bring the answer."""
        headers = {name: asked.headers[name] for name in ("x-api-key", "idempotency-key")}
        headers["content-type"] = "application/json"
        url = self.behind + asked.path
        sent = urllib.request.Request(url, asked.body, headers, method=asked.method)
        with urllib.request.urlopen(sent) as answer:
            return answer.status, dict(answer.headers), answer.read()

    def forward_and_drop(self, asked):
        """Have it carried out, and lose the answer."""
        assert self.forward(asked)[0] == 202
        return self.DROP


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        size = int(self.headers.get("content-length", 0))
        asked = Asked(self.command, self.path, self.headers, self.rfile.read(size))
        self.server.asked.append(asked)
        step = self.server.script.pop(0)
        answer = step(asked) if callable(step) else step
        self.close_connection = True
        if answer is Scripted.DROP:
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in {"Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    do_POST = do_DELETE = do_PATCH = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def stack():
    from tests.faults.harness import running_stack  # of the project, which starts real processes

    with running_stack(RATELIMIT_ENABLED="true") as stack:
        yield stack


class Keys:
    """The keys of somebody new."""

    def __init__(self, stack, plan="SUPPORTER"):
        self.stack, self.person = stack, stack.person()
        who = "SELECT id FROM accounts_user WHERE email = %s"
        self.user_id = stack.value(who, self.person.email)
        stack.rows(
            "UPDATE credits_wallet SET plan = %s WHERE user_id = %s RETURNING user_id",
            plan,
            self.user_id,
        )

    def make(self, environment="test", **fields):
        body = {"name": "Key of the test", "environment": environment, **fields}
        reply = self.person.post("/keys", body)
        assert reply.status == 201, reply.body
        return reply.json["key"]

    def revoke_all(self):
        self.stack.rows(
            "UPDATE accounts_apikey SET revoked_at = now() WHERE user_id = %s RETURNING id",
            self.user_id,
        )


@pytest.fixture
def keys(stack):
    stack.make_whole()
    return Keys(stack)
