"""A local server that speaks OpenAI's chat completions protocol and behaves as it is told.

In a test: `with ModelServer() as server:` or the fixture `model_server`. For other processes:

    python tests/model_server.py --port 9000 --answer fox.svg --first-delay 0.2

    POST /_script   {"default": {…}, "models": {"gpt-4o": {…}}, "next": [{…}, …]}
    POST /_release  lets held streams go on
    POST /_reset    forgets calls and script
    GET  /_log      {"calls": n, "open": n, "log": [{…}]}

Each {…} is a Behaviour: its name as a string, or its fields, or both as {"behaviour": name, …}.
`python tests/model_server.py --behaviour stall` goes on so; `--help` lists the names. Needs nothing
but the standard library.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import threading
import time
from collections import deque
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

if not __package__:  # as a program
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.model_behaviours import ANSWER, BEHAVIOURS, Behaviour, knobs, named
from tests.model_replies import AZURE, Call, send_json, tell

__all__ = ["ANSWER", "Behaviour", "Call", "ModelServer"]


class ModelServer:
    """The server in a thread of its own; `url` is the base URL for a client."""

    def __init__(self, port: int = 0, prefix: str = "/v1", default: Behaviour | None = None):
        self.default = default or Behaviour()
        self.models: dict[str, Behaviour] = {}
        self.next: deque[Behaviour] = deque()
        self.log: list[Call] = []
        self.connections = 0
        self.port = port
        self._prefix = prefix
        self._initial = self.default
        self._changed = threading.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self._prefix}"

    @property
    def calls(self) -> int:
        return len(self.log)

    @property
    def open_calls(self) -> int:
        return sum(call.ended_at is None and call.closed_at is None for call in self.log)

    def script(self, *behaviours: Behaviour | str | dict, model: str | None = None) -> None:
        """Answer the next calls in this order; with `model`, every call of that model."""
        made = [named(one) for one in behaviours]
        if model is None:
            self.next.extend(made)
        else:
            self.models[model] = made[-1]

    def release(self) -> None:
        """Let the held streams go on."""
        self._loop.call_soon_threadsafe(self._let_go)

    def reset(self) -> None:
        self.default = self._initial
        self.models.clear()
        self.next.clear()
        self.log.clear()
        self.connections = 0

    def wait_for(self, condition, timeout: float = 5) -> bool:
        """Wait until `condition(self)` is true; say whether it became so."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), timeout)

    # --- its life ---

    def __enter__(self) -> "ModelServer":
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(ready)), name="model-server", daemon=True
        )
        self._thread.start()
        if not ready.wait(5):
            raise RuntimeError("the model server did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._released = asyncio.Event()
        server = await self._loop.create_server(
            lambda: asyncio.StreamReaderProtocol(_Reader(), self._serve),
            "127.0.0.1",
            self.port,
            backlog=512,
        )
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        try:
            await self._stop.wait()
        finally:
            server.close()

    def run(self) -> None:
        """Serve in this thread until interrupted."""
        ready = threading.Event()
        threading.Thread(target=lambda: ready.wait() and print(self.url, flush=True)).start()
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(self._run(ready))

    def _let_go(self) -> None:
        self._released.set()
        self._released = asyncio.Event()

    def _note(self) -> None:
        with self._changed:
            self._changed.notify_all()

    # --- one connection ---

    async def _serve(self, reader: "_Reader", writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while request := await _read(reader):
                path, headers, body = request
                if path.startswith("/_"):
                    await self._control(path, body, writer)
                elif path == f"{self._prefix}/models":
                    send_json(writer, 200, {"object": "list", "data": self._listed()})
                elif not self._is_call(path):
                    send_json(writer, 404, {"error": {"message": f"no {path}"}})
                elif not await self._answer(path, headers, body, reader, writer):
                    break
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _is_call(self, path: str) -> bool:
        path = path.split("?")[0]
        is_azure = path.startswith(AZURE) and path.endswith("/chat/completions")
        return is_azure or path == f"{self._prefix}/chat/completions"

    def _listed(self) -> list[dict[str, str]]:
        return [{"id": name, "object": "model"} for name in self.models]

    async def _control(self, path: str, body: bytes, writer: asyncio.StreamWriter) -> None:
        if path == "/_script":
            self._take_script(json.loads(body))
        elif path == "/_release":
            self._let_go()
        elif path == "/_reset":
            self.reset()
        log = [asdict(call) for call in self.log] if path == "/_log" else []
        send_json(writer, 200, {"calls": self.calls, "open": self.open_calls, "log": log})

    def _take_script(self, script: dict[str, Any]) -> None:
        if "default" in script:
            self.default = named(script["default"])
        for name, behaviour in script.get("models", {}).items():
            self.models[name] = named(behaviour)
        self.next.extend(named(one) for one in script.get("next", ()))

    async def _answer(self, path, headers, body, reader: "_Reader", writer) -> bool:
        """Answer one call; say whether the connection lives on."""
        try:
            asked = json.loads(body)
        except ValueError:
            asked = {}
        call = Call(len(self.log) + 1, asked.get("model"), asked, headers, path, time.time())
        behaviour = self.next.popleft() if self.next else self._usual(call.model)
        self.log.append(call)
        self._note()
        telling = asyncio.ensure_future(
            tell(writer, call, behaviour, released=self._released, note=self._note)
        )
        leaving = asyncio.ensure_future(reader.gone.wait())
        await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        hung_up = not telling.done()
        for task in (telling, leaving):
            task.cancel()
        lives, _ = await asyncio.gather(telling, leaving, return_exceptions=True)
        if hung_up or isinstance(lives, ConnectionError):
            call.closed_at = time.time()
        else:
            call.ended_at = time.time()
        self._note()
        if isinstance(lives, Exception) and not isinstance(lives, ConnectionError):
            raise lives
        return lives is True

    def _usual(self, model: str | None) -> Behaviour:
        return self.models.get(model or "", self.default)


class _Reader(asyncio.StreamReader):
    """A reader that tells when the client has hung up, without taking a byte."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.gone.set()


async def _read(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes] | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *rest = head.decode("latin-1").strip().split("\r\n")
    _, path, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in rest)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return path, headers, body


# --- as a process ---


def main() -> None:
    parser = argparse.ArgumentParser(
        description="A scriptable OpenAI-compatible server.",
        epilog="Behaviours: " + ", ".join(BEHAVIOURS),
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--prefix", default="/v1")
    parser.add_argument("--behaviour", choices=BEHAVIOURS, default="well", metavar="NAME")
    parser.add_argument("--answer", type=Path, help="a file whose text is the answer")
    for name, kind in knobs():
        flag = {"action": "store_true"} if kind is bool else {"type": kind}
        parser.add_argument("--" + name.replace("_", "-"), default=argparse.SUPPRESS, **flag)
    told = vars(parser.parse_args())
    port, prefix, answer = (told.pop(name) for name in ("port", "prefix", "answer"))
    if answer:
        told["answer"] = answer.read_text(encoding="utf-8")
    ModelServer(port, prefix, replace(BEHAVIOURS[told.pop("behaviour")], **told)).run()


if __name__ == "__main__":
    main()
