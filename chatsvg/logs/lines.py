"""How a line is written: structlog makes one JSON object, or a line to read, of every record.

Our own lines read `noun.verbed name=%s …`: the values become fields. Everything else, an error and
its traceback too, may repeat what nobody should read, and goes through `secrecy.hide`.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Literal

from chatsvg import roles
from chatsvg.logs.about import NOBODY, bound
from chatsvg.logs.secrecy import hide

Event = MutableMapping[str, Any]
_OURS = re.compile(r"([\w.%]+)((?: \w+=%[srd])*)")
_FIELD = re.compile(r" (\w+)=%[srd]")
_PRINTED_BY = "celery.redirected"  # what a console backend of mail prints is meant to be read
_PLAIN = (str, int, float, bool, type(None))
_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


@contextmanager
def _absent(*names: str) -> Iterator[None]:
    """structlog looks for these and is not to find them: 3 MB and 0.2 s, for nothing of ours."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # that is how it is said
    try:
        yield
    finally:
        for name in missing:
            del sys.modules[name]


with _absent("rich", "rich.console", "rich.traceback", "twisted", "better_exceptions"):
    from structlog.stdlib import ProcessorFormatter


class _Formatter(ProcessorFormatter):
    """structlog's. It first copies every record, for others that may change one: nobody does."""

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info or record.stack_info:
            return super().format(record)
        event: Any = {"event": record.msg, "positional_args": record.args, "_record": record}
        for process in (*(self.foreign_pre_chain or ()), *self.processors):
            event = process(None, record.levelname, event)
        return event


def formatter(style: Literal["json", "console"]) -> logging.Formatter:
    """For LOGGING. JSON names the process, since there lines of many come together."""
    render = _json if style == "json" else _console
    return _Formatter(
        foreign_pre_chain=[_fields, _stamp],
        processors=[render],
        use_get_message=False,
        pass_foreign_args=True,
    )


@lru_cache(maxsize=1000)
def _shape(template: str) -> tuple[str, tuple[str, ...]] | None:
    """The event and the names of the fields of a template of ours; None for another's."""
    whole = _OURS.fullmatch(template)
    if whole is None or "." not in whole[1] or whole[1].count("%s") != whole[1].count("%"):
        return None
    return whole[1], tuple(_FIELD.findall(whole[2]))


def _fields(logger: object, method: str, event: Event) -> Event:
    record: logging.LogRecord = event["_record"]
    values = event.pop("positional_args") or ()
    ours = _shape(record.msg) if isinstance(record.msg, str) else None
    inner = ours[0].count("%s") if ours else 0
    if hasattr(record, "request"):
        event.update(_refusal(record, values))
    elif ours and isinstance(values, tuple) and len(values) == inner + len(ours[1]):
        event["event"] = ours[0] % values[:inner]
        event.update(zip(ours[1], map(_value, values[inner:]), strict=True))
    else:
        event["event"] = _said(record, values)
    return event


def _value(value: Any) -> Any:
    return value if type(value) in _PLAIN else str(value)


def _refusal(record: logging.LogRecord, values: Any) -> Mapping[str, Any]:
    """Django tells of a refused request with its path, in which a token may stand."""
    request: Any = record.request  # type: ignore[attr-defined]
    why = values[0] if isinstance(values, tuple) and values else record.msg
    return {
        "event": "request.refused",
        "why": hide(str(why)),
        "status": getattr(record, "status_code", None),
        "request": getattr(request, "id", NOBODY),
    }


def _said(record: logging.LogRecord, values: Any) -> str:
    try:
        text = str(record.msg) % values if values else str(record.msg)
    except (TypeError, ValueError):
        text = str(record.msg)
    return text if record.name == _PRINTED_BY else hide(text)


def _stamp(logger: object, method: str, event: Event) -> Event:
    for name, value in bound().items():
        event.setdefault(name, value)
    if exc_info := event.pop("exc_info", None):
        event["exception"] = hide(_traceback(exc_info))
    event.pop("stack_info", None)
    return event


def _traceback(exc_info: Any) -> str:
    return logging.Formatter().formatException(exc_info).rstrip()


def _json(logger: object, method: str, event: Event) -> str:
    record = _taken(event)
    line = {
        "at": f"{_at(record, 'T')}Z",
        "level": record.levelname.lower(),
        "event": event.pop("event"),
        "process": roles.mine(),
        "logger": record.name,
        **event,
    }
    return _encode(line)


def _console(logger: object, method: str, event: Event) -> str:
    record = _taken(event)
    exception = event.pop("exception", "")
    request = event.pop("request", NOBODY)
    head = f"{_at(record, ' ')} {record.levelname} {record.name} [{request}]"
    words = [_visible(str(event.pop("event"))), *(f"{k}={_quoted(v)}" for k, v in event.items())]
    return " ".join([head, *words]) + (f"\n{exception}" if exception else "")


def _taken(event: Event) -> logging.LogRecord:
    event.pop("_from_structlog", None)
    return event.pop("_record")


def _at(record: logging.LogRecord, between: str) -> str:
    return f"{_second(int(record.created), between)}.{int(record.msecs):03}"


@lru_cache(maxsize=4)
def _second(at: int, between: str) -> str:
    return time.strftime(f"%Y-%m-%d{between}%H:%M:%S", time.gmtime(at))


def _visible(text: str) -> str:
    """On one line, whatever somebody sent: nobody writes a line of ours."""
    return text.replace("\r", "\\r").replace("\n", "\\n")


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if _BLANK.search(text) else text


_BLANK: re.Pattern[str] = re.compile(r"\s|^$")
