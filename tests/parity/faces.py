"""Those who carry out an operation, each in its own words.

The words of a cell are run as they stand there: a request, an expression, a command line, a call of
a tool, the type of an event. What comes back is text, with whatever was told on the way.
"""

import asyncio
import io
import json
import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import httpx2
from mcp.client import Client as McpClient
from mcp.client.streamable_http import streamable_http_client

from tests import nodejs
from tests.webhook_receiver import Receiver

SECONDS = 30
Names = dict[str, Any]


class Told(NamedTuple):
    """The result, and what was told of the progress before it."""

    text: str
    progress: str = ""


class Rest:
    """Requests, with a body and headers where the operation has some."""

    title = "REST"
    streams = True

    def __init__(self, url: str, key: str, bodies: dict[str, Any]):
        self.http = httpx2.Client(base_url=url, headers={"X-API-Key": key}, timeout=SECONDS)
        self.bodies = bodies

    def run(self, words: str, names: Names) -> Told:
        method, path, *preferences = words.format(**names).split(" ", 2)
        if path == "/v1/events":
            return self._follow(path, names["job"])
        headers = {"Prefer": preferences[0].removeprefix("Prefer: ")} if preferences else {}
        body = (
            {"json": self._body(words.split(" ")[1], names)} if method in ("POST", "PATCH") else {}
        )
        response = self.http.request(method, path, headers=headers, **body)
        assert response.is_success, (words, response.status_code, response.text)
        return Told(response.text)

    def _body(self, path: str, names: Names) -> Any:
        asked = self.bodies.get(path, {})
        return {
            name: names.get(value, value) if isinstance(value, str) else value
            for name, value in asked.items()
        }

    def _follow(self, path: str, job: str) -> Told:
        """The stream, until it tells of the job's end."""
        lines = []
        with self.http.stream("GET", path, headers={"Accept": "text/event-stream"}) as response:
            for line in response.iter_lines():
                lines.append(line)
                if job in line and '"SUCCEEDED"' in line:
                    break
        return Told("\n".join(lines), "\n".join(line for line in lines if '"RUNNING"' in line))

    def close(self) -> None:
        self.http.close()


class Python:
    title = "Python"
    streams = True

    def __init__(self, url: str, key: str):
        from chatsvg_client import Client

        self.client = Client(key, base_url=url)

    def run(self, words: str, names: Names) -> Told:
        seen: list[object] = []
        found = eval(words, {"client": self.client, "seen": seen.append, **names})
        if isinstance(found, Iterator):
            found = list(islice(found, 100))
        text = found.decode() if isinstance(found, bytes) else repr(found)
        hidden = [getattr(found, name, "") for name in ("svg", "secret")]  # from those who print it
        return Told(f"{text} {hidden}", " ".join(map(repr, seen)))

    def close(self) -> None:
        self.client.close()


class TypeScript:
    """Expressions, evaluated in one Node.js."""

    title = "TypeScript"
    streams = True

    def __init__(self, url: str, key: str, package: Path):
        script = Path(__file__).with_name("driver.mjs")
        self._process = subprocess.Popen(
            [nodejs.node(), str(script), str(package / "dist" / "index.js")],
            env={"CHATSVG_API_KEY": key, "CHATSVG_BASE_URL": url},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, words: str, names: Names) -> Told:
        print(
            json.dumps({"expression": words, "names": names}), file=self._process.stdin, flush=True
        )
        told = json.loads(self._process.stdout.readline())
        assert "error" not in told, (words, told["error"])
        seen = json.dumps(told["seen"]) if told["seen"] else ""
        text = told["told"] if isinstance(told["told"], str) else json.dumps(told["told"])
        return Told(text, seen)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(SECONDS)


class CommandLine:
    """The `chatsvg` command, in this process."""

    title = "CLI"
    streams = True

    def __init__(self, url: str, key: str):
        self._env = {"CHATSVG_API_KEY": key, "CHATSVG_BASE_URL": url}

    def run(self, words: str, names: Names) -> Told:
        from chatsvg_client import cli

        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
        argv = [word.format(**names) for word in shlex.split(words)[1:]]
        with mock.patch.dict(os.environ, self._env), redirect_stdout(out), redirect_stderr(err):
            code = cli.main(argv)
            out.flush()
        text = out.buffer.getvalue().decode()
        assert code == 0, (words, code, err.getvalue())
        return Told(text, err.getvalue())

    def close(self) -> None:
        pass


class Mcp:
    """Calls of tools and reads of resources, by the SDK's client."""

    title = "MCP"
    streams = False
    tools = ("list_styles", "generate_svg", "get_job_status", "cancel_job")

    def __init__(self, url: str, key: str):
        self._url, self._headers = f"{url}/mcp", {"Authorization": f"Bearer {key}"}

    def run(self, words: str, names: Names) -> Told:
        known = {name: self._call(name) for name in self.tools}
        known |= {"read_resource": self._read, "list_resources": self._list}
        return eval(words, {**known, **names})

    def _call(self, tool: str) -> Callable[..., Told]:
        def call(**arguments: object) -> Told:
            seen: list[str] = []

            async def told(progress: float, total: float | None, message: str | None) -> None:
                seen.append(f"{progress} {message}")

            async def ask(client: McpClient) -> Any:
                return await client.call_tool(tool, arguments, progress_callback=told)

            result = asyncio.run(self._with_client(ask))
            assert not result.is_error, (tool, result.content)
            return Told(json.dumps(result.structured_content), "\n".join(seen))

        return call

    def _read(self, uri: str) -> Told:
        async def ask(client: McpClient) -> Any:
            return await client.read_resource(uri)

        return Told(asyncio.run(self._with_client(ask)).contents[0].text)

    def _list(self) -> Told:
        async def ask(client: McpClient) -> Any:
            return await client.list_resources()

        return Told(asyncio.run(self._with_client(ask)).model_dump_json())

    async def _with_client(self, ask: Callable) -> Any:
        async with httpx2.AsyncClient(headers=self._headers, timeout=SECONDS) as http:
            line = streamable_http_client(self._url, http_client=http)
            async with McpClient(line, mode="legacy") as client:
                return await ask(client)

    def close(self) -> None:
        pass


class Hooked:
    """Events that a webhook is sent: of a job, or any one where the operation has none."""

    title = "Webhook"
    streams = True

    def __init__(self, receiver: Receiver, wait_for: Callable):
        self._receiver, self._wait_for = receiver, wait_for

    def run(self, words: str, names: Names) -> Told:
        def found() -> list[str]:
            told = [one for one in list(self._receiver.received) if one.told["type"] == words]
            about = names["job"] if words.startswith("generation.") else ""
            return [one.body.decode() for one in told if about in one.body.decode()]

        assert self._wait_for(found, 10), [one.told["type"] for one in self._receiver.received]
        return Told(found()[0])

    def close(self) -> None:
        pass
