"""How the tests' model server says what a behaviour has it say, on one connection."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.model_behaviours import Behaviour

STATUS_TEXT = {200: "OK", 204: "No Content", 404: "Not Found"}
AZURE = "/openai/deployments/"
TOOL_CALL = {"id": "call-1", "type": "function", "function": {"name": "draw", "arguments": "{}"}}


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


async def tell(
    writer, call: Call, behaviour: Behaviour, *, released: asyncio.Event, note: Callable[[], None]
) -> bool:
    """Say what the behaviour says; give back whether the connection may be used again."""
    await asyncio.sleep(behaviour.delay)
    if refused := _refused(call, behaviour):
        send_json(writer, *refused)
    elif behaviour.body is not None:
        _send(writer, behaviour.status, behaviour.content_type, behaviour.body, behaviour.headers)
    elif behaviour.status != 200:
        error = behaviour.error or {"message": f"status {behaviour.status}", "type": "test"}
        send_json(writer, behaviour.status, {"error": error}, behaviour.headers)
    elif behaviour.whole or not call.body.get("stream"):
        send_json(writer, 200, _completion(call, behaviour), behaviour.headers)
    else:
        return await _stream(writer, call, behaviour, released, note)
    await writer.drain()
    return True


def _refused(call: Call, behaviour: Behaviour) -> tuple[int, Any] | None:
    """The status and body for a request that this server does not take."""
    key = {"authorization", "api-key"} & call.headers.keys()
    if behaviour.keyless and key:
        return 401, {"error": "this server wants no key"}
    is_azure = call.path.startswith(AZURE) and "api-version=" in call.path
    if behaviour.azure and not is_azure:
        return 404, {"error": {"code": "404", "message": "Resource not found"}}
    if behaviour.azure and key != {"api-key"}:
        return 401, {"error": {"code": "401", "message": "Access denied"}}
    asked = _asked(call.body)
    return next((said for part, said in behaviour.refuses.items() if part in asked), None)


def _asked(body: dict[str, Any]) -> set[str]:
    """The fields of a request, the type of its format, and the types of its messages' parts."""
    parts = {"image_url" for m in body.get("messages", ()) if isinstance(m["content"], list)}
    return {*body, (body.get("response_format") or {}).get("type", ""), *parts}


async def _stream(
    writer,
    call: Call,
    behaviour: Behaviour,
    released: asyncio.Event,  # of this call's time, so that no release comes too early
    note: Callable[[], None],
) -> bool:
    head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
    extra = "".join(f"{name}: {value}\r\n" for name, value in behaviour.headers.items())
    writer.write(f"{head}{extra}\r\n".encode())
    await _quiet(writer, behaviour, asyncio.sleep(behaviour.first_delay))
    end = behaviour.line_end * 2
    sent = 0
    for event in _events(call, behaviour):
        if call.chunks == behaviour.cut_after:
            writer.transport.abort()
            return False
        if call.chunks == behaviour.error_after:
            error = behaviour.error or {"message": "upstream failed", "type": "server_error"}
            _write_raw(writer, f"data: {json.dumps({'error': error})}{end}")
            break
        if call.chunks == behaviour.hold_after:
            await _quiet(writer, behaviour, released.wait())
        text, before = f"data: {event}{end}", sent
        sent += len(text)
        for at in (behaviour.cut_at_byte, behaviour.hold_at_byte):
            if at is not None and before <= at < sent:
                _write_raw(writer, text[: at - before])
                text = text[at - before :]
                await writer.drain()
                if at == behaviour.cut_at_byte:
                    writer.transport.abort()
                    return False
                await _quiet(writer, behaviour, released.wait())
        _write_raw(writer, text)
        call.chunks += 1
        note()
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
    usage = behaviour.usage if behaviour.usage_when == "every" else None
    for delta in _deltas(call, behaviour):
        yield _chunk(call, delta, usage=usage)
    if behaviour.finish:
        yield _chunk(call, {}, behaviour.finish, usage)
    options = call.body.get("stream_options") or {}
    is_asked = options.get("include_usage") or behaviour.usage_when == "always"
    if behaviour.usage and is_asked:
        yield json.dumps({**_frame(call), "choices": [], "usage": behaviour.usage})
    if behaviour.done:
        yield "[DONE]"


def _deltas(call: Call, behaviour: Behaviour) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": ""}
    for thought in _cut(behaviour.thoughts, behaviour.piece):
        yield {"reasoning_content": thought, "content": None}
    if behaviour.refusal:
        yield {"refusal": behaviour.refusal}
    elif behaviour.calls_tool:
        yield {"tool_calls": [TOOL_CALL]}
    else:
        for piece in _cut(_answer(call, behaviour), behaviour.piece):
            yield {"content": piece}


def _answer(call: Call, behaviour: Behaviour) -> str:
    """In a JSON object where a format is asked for."""
    is_json = "response_format" in call.body
    return json.dumps({"svg": behaviour.answer}) if is_json else behaviour.answer


def _cut(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


def _frame(call: Call, kind: str = "chat.completion.chunk") -> dict[str, Any]:
    made = int(call.began_at)
    return {"id": f"chat-{call.number}", "object": kind, "created": made, "model": call.model}


def _chunk(
    call: Call, delta: dict[str, Any], finish: str | None = None, usage: object = None
) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    told = {"usage": usage} if usage else {}
    return json.dumps({**_frame(call), "choices": [choice], **told})


def _completion(call: Call, behaviour: Behaviour) -> dict[str, Any]:
    content = None if behaviour.refusal or behaviour.calls_tool else _answer(call, behaviour)
    message = {"role": "assistant", "content": content, "refusal": behaviour.refusal}
    choice = {"index": 0, "message": message, "finish_reason": behaviour.finish}
    frame = _frame(call, "chat.completion")
    return {**frame, "choices": [choice], "usage": behaviour.usage}


def _send(writer, status: int, kind: str, text: str, headers: dict[str, str]) -> None:
    body = text.encode()
    told = {"content-type": kind, "content-length": str(len(body)), **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    reason = STATUS_TEXT.get(status, "Status")
    writer.write(f"HTTP/1.1 {status} {reason}\r\n{lines}\r\n".encode() + body)


def send_json(writer, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
    _send(writer, status, "application/json", json.dumps(value), headers or {})


def _write_raw(writer, text: str) -> None:
    data = text.encode()
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))
