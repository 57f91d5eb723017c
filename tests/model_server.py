"""A local server that speaks OpenAI's chat completions protocol and behaves as it is told.

In a test: `with ModelServer() as server:` or the fixture `model_server`. For other processes:

    python tests/model_server.py --port 9000 --answer fox.svg --first-delay 0.2

    POST /_script   {"default": {…}, "models": {"gpt-4o": {…}}, "next": [{…}, …]}
    POST /_release  lets held streams go on
    POST /_reset    forgets calls and script
    GET  /_log      {"calls": n, "open": n, "log": [{…}]}

Each {…} is a Behaviour, by its fields. Needs nothing but the standard library.
"""

import argparse
import asyncio
import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

ANSWER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 256 256"><title>A red fox asleep</title>'
    '<ellipse cx="128" cy="196" rx="92" ry="18" fill="#e2e8f0"/>'
    '<path d="M44 168c0-52 40-84 88-84s80 32 80 72-36 52-84 52-84-4-84-40z" fill="#c55a30"/>'
    '<path d="M132 148c32 0 60 12 60 32s-28 28-64 28c20-8 28-36 4-60z" fill="#f6e7dc"/>'
    '<polygon points="56,124 62,84 88,108" fill="#9c4222"/>'
    '<path d="M72 152q8 8 16 0M104 152q8 8 16 0" fill="none" stroke="#3b1d10" stroke-width="5"/>'
    '<circle cx="96" cy="172" r="6" fill="#3b1d10"/></svg>'
)
USAGE = {"prompt_tokens": 120, "completion_tokens": 240, "total_tokens": 360}
STATUS_TEXT = {200: "OK", 204: "No Content", 404: "Not Found"}


@dataclass
class Behaviour:
    """How one call is answered. The defaults answer well and at once."""

    answer: str = ANSWER
    piece: int = 120  # characters per chunk
    delay: float = 0.0  # seconds before the status line
    first_delay: float = 0.0  # between the headers and the first words
    piece_delay: float = 0.0  # between chunks: a dribble
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: Any = None  # the error object of a failing status; something usual if None
    body: str | None = None  # raw body instead of any answer, with this content type:
    content_type: str = "text/event-stream"
    finish: str | None = "stop"  # None: the stream ends without a finish_reason
    refusal: str | None = None  # said instead of the answer
    usage: dict[str, int] | None = field(default_factory=lambda: dict(USAGE))
    done: bool = True  # ends with [DONE]
    hold_after: int | None = None  # chunks; then silence until released
    cut_after: int | None = None  # chunks; then the connection is reset
    error_after: int | None = None  # chunks; then `error` as an event of the 200 stream
    comments: bool = False  # keep-alive comments while silent, ten a second
    whole: bool = False  # ignores stream=true and answers with one JSON object
    linger: bool = False  # keeps the connection open after the last byte instead of ending it


@dataclass
class Call:
    """One request as it was seen. Times are seconds since the epoch."""

    number: int
    model: str
    body: Any
    headers: dict[str, str]
    path: str
    began_at: float
    chunks: int = 0
    ended_at: float | None = None
    closed_at: float | None = None  # when the client hung up before the end


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

    def script(self, *behaviours: Behaviour | dict, model: str | None = None) -> None:
        """Answer the next calls in this order; with `model`, every call of that model."""
        made = [_behaviour(one) for one in behaviours]
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
                    _send_json(writer, 200, {"object": "list", "data": self._listed()})
                elif path.split("?")[0] != f"{self._prefix}/chat/completions":
                    _send_json(writer, 404, {"error": {"message": f"no {path}"}})
                elif not await self._answer(path, headers, body, reader, writer):
                    break
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

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
        _send_json(writer, 200, {"calls": self.calls, "open": self.open_calls, "log": log})

    def _take_script(self, script: dict[str, Any]) -> None:
        if "default" in script:
            self.default = _behaviour(script["default"])
        for name, behaviour in script.get("models", {}).items():
            self.models[name] = _behaviour(behaviour)
        self.next.extend(_behaviour(one) for one in script.get("next", ()))

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
        telling = asyncio.ensure_future(_tell(writer, call, behaviour, self))
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


def _behaviour(told: Behaviour | dict) -> Behaviour:
    return told if isinstance(told, Behaviour) else Behaviour(**told)


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


async def _tell(writer, call: Call, behaviour: Behaviour, server: ModelServer) -> bool:
    """Say what the behaviour says; give back whether the connection may be used again."""
    await asyncio.sleep(behaviour.delay)
    if behaviour.body is not None:
        _send(writer, behaviour.status, behaviour.content_type, behaviour.body, behaviour.headers)
    elif behaviour.status != 200:
        error = behaviour.error or {"message": f"status {behaviour.status}", "type": "test"}
        _send_json(writer, behaviour.status, {"error": error}, behaviour.headers)
    elif behaviour.whole or not call.body.get("stream"):
        _send_json(writer, 200, _completion(call, behaviour), behaviour.headers)
    else:
        return await _stream(writer, call, behaviour, server)
    await writer.drain()
    return True


async def _stream(writer, call: Call, behaviour: Behaviour, server: ModelServer) -> bool:
    released = server._released  # of this call's time, so that no release comes too early
    head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    extra = "".join(f"{name}: {value}\r\n" for name, value in behaviour.headers.items())
    writer.write(f"{head}{extra}\r\n".encode())
    await _quiet(writer, behaviour, asyncio.sleep(behaviour.first_delay))
    for event in _events(call, behaviour):
        if call.chunks == behaviour.cut_after:
            writer.transport.abort()
            return False
        if call.chunks == behaviour.error_after:
            error = behaviour.error or {"message": "upstream failed", "type": "server_error"}
            _write(writer, json.dumps({"error": error}))
            break
        if call.chunks == behaviour.hold_after:
            await _quiet(writer, behaviour, released.wait())
        _write(writer, event)
        call.chunks += 1
        server._note()
        await writer.drain()
        await _quiet(writer, behaviour, asyncio.sleep(behaviour.piece_delay))
    if behaviour.linger:
        await released.wait()
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


async def _quiet(writer, behaviour: Behaviour, waited) -> None:
    """Wait, with keep-alive comments if asked for."""
    if not behaviour.comments:
        await waited
        return
    task = asyncio.ensure_future(waited)
    try:
        while not (await asyncio.wait({task}, timeout=0.1))[0]:
            _write_raw(writer, ": still here\n\n")
            await writer.drain()
    finally:
        task.cancel()


def _events(call: Call, behaviour: Behaviour) -> Iterator[str]:
    yield _chunk(call, {"role": "assistant", "content": ""})
    if behaviour.refusal:
        yield _chunk(call, {"refusal": behaviour.refusal})
    else:
        size = behaviour.piece
        for at in range(0, len(behaviour.answer), size):
            yield _chunk(call, {"content": behaviour.answer[at : at + size]})
    if behaviour.finish:
        yield _chunk(call, {}, behaviour.finish)
    options = call.body.get("stream_options") or {}
    if behaviour.usage and options.get("include_usage"):
        yield json.dumps({**_frame(call), "choices": [], "usage": behaviour.usage})
    if behaviour.done:
        yield "[DONE]"


def _frame(call: Call, kind: str = "chat.completion.chunk") -> dict[str, Any]:
    made = int(call.began_at)
    return {"id": f"chat-{call.number}", "object": kind, "created": made, "model": call.model}


def _chunk(call: Call, delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({**_frame(call), "choices": [choice]})


def _completion(call: Call, behaviour: Behaviour) -> dict[str, Any]:
    content = None if behaviour.refusal else behaviour.answer
    message = {"role": "assistant", "content": content, "refusal": behaviour.refusal}
    choice = {"index": 0, "message": message, "finish_reason": behaviour.finish}
    frame = _frame(call, "chat.completion")
    return {**frame, "choices": [choice], "usage": behaviour.usage}


# --- HTTP ---


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


def _send(writer, status: int, kind: str, text: str, headers: dict[str, str]) -> None:
    body = text.encode()
    told = {"content-type": kind, "content-length": str(len(body)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    reason = STATUS_TEXT.get(status, "Status")
    writer.write(f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode() + body)


def _send_json(writer, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
    _send(writer, status, "application/json", json.dumps(value), headers or {})


def _write(writer, event: str) -> None:
    _write_raw(writer, f"data: {event}\n\n")


def _write_raw(writer, text: str) -> None:
    data = text.encode()
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))


# --- as a process ---


def main() -> None:
    parser = argparse.ArgumentParser(description="A scriptable OpenAI-compatible server.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--prefix", default="/v1")
    parser.add_argument("--answer", type=Path, help="a file whose text is the answer")
    for one in fields(Behaviour):
        if isinstance(one.default, int | float) and one.name != "done":
            flag = {"action": "store_true"} if one.default is False else {"type": type(one.default)}
            option = "--" + one.name.replace("_", "-")
            parser.add_argument(option, default=one.default, **flag)
    told = vars(parser.parse_args())
    port, prefix, answer = (told.pop(name) for name in ("port", "prefix", "answer"))
    if answer:
        told["answer"] = answer.read_text(encoding="utf-8")
    ModelServer(port, prefix, Behaviour(**told)).run()


if __name__ == "__main__":
    main()
