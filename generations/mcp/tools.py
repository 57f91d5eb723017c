"""The tools of `/mcp`. The same services as everywhere else; what is refused is a tool's error."""

import logging
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from accounts.oauth_server.scopes import GENERATE, READ
from chatsvg import logs, problems
from chatsvg.database import AWAY, give_back
from chatsvg.errors import DomainError, Invalid
from chatsvg.ids import parse_id
from chatsvg.text import clean
from generations import providers, recipe, services
from generations.choices import DEFAULT_STYLE, STYLES
from generations.errors import JobMissing
from generations.mcp import schemas, shown
from generations.mcp.errors import DatabaseAway
from generations.mcp.schemas import LONGEST_WAIT, Schema
from generations.mcp.threads import in_thread
from generations.mcp.visits import Visit
from generations.mcp.waiting import Lookout
from generations.models import Job
from generations.v1 import asked

USUAL_WAIT = 25  # seconds; LONGEST_WAIT for clients that are told of the progress meanwhile

logger = logging.getLogger(__name__)
Result = dict[str, Any]
Report = Callable[[float, float, str], Awaitable[None]]


@dataclass(frozen=True)
class Call:
    """One use of a tool. `report` tells the client of progress, where it asked for that."""

    visit: Visit
    arguments: dict[str, Any]
    lookout: Lookout
    report: Report | None = None


@dataclass(frozen=True)
class Tool:
    """A tool, and the scope that it takes (none: any caller's)."""

    title: str
    description: str
    run: Callable[[Call], Awaitable[Result]]
    takes: Callable[[], Schema]
    gives: Schema
    scope: str = ""
    changes: bool = False
    destroys: bool = False
    repeats: bool = True  # whether a second call changes nothing more

    def described(self, name: str) -> dict[str, Any]:
        """As a client lists it."""
        hints = {
            "title": self.title,
            "readOnlyHint": not self.changes,
            "destructiveHint": self.destroys,
            "idempotentHint": self.repeats,
            "openWorldHint": False,
        }
        return {
            "name": name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.takes(),
            "outputSchema": self.gives,
            "annotations": hints,
        }


async def call(name: str, call: Call) -> Result:
    """What a tool of this name gives. Nothing is raised: the model is told in words."""
    tool = TOOLS[name]
    try:
        _check_names(call.arguments, tool.takes())
        return await tool.run(call)
    except DomainError as refusal:
        return _refused(call, refusal)
    except AWAY as error:
        logger.warning("mcp.database_away tool=%s error=%s", name, type(error).__name__)
        return _refused(call, DatabaseAway())
    except Exception:
        logger.exception("mcp.tool_failed tool=%s", name)
        return _failed(call, HTTPStatus.INTERNAL_SERVER_ERROR, problems.SERVER_ERROR)


# --- The tools ---


async def _list_styles(call: Call) -> Result:
    models = providers.models()
    choices = {
        "styles": [{"id": style, "name": name} for style, name in STYLES.items()],
        "defaultStyle": DEFAULT_STYLE,
        "models": [{"id": model.name, "name": model.label} for model in models],
        "defaultModel": providers.default_model().name,
    }
    names = ", ".join(model.name for model in models)
    text = f"Styles: {', '.join(STYLES)}\nModels: {names}"
    return {"content": [{"type": "text", "text": text}], "structuredContent": choices}


async def _generate(call: Call) -> Result:
    seconds = _wait(call, usual=LONGEST_WAIT if call.report else USUAL_WAIT)
    job_id = await in_thread(_submit)(call)
    await _watch(call, job_id, seconds)
    return await in_thread(_result)(call, job_id)


async def _status(call: Call) -> Result:
    job_id = _job_id(call)
    seconds = _wait(call, usual=0)
    if seconds:
        await in_thread(_find)(call, job_id)
        await _watch(call, job_id, seconds)
    return await in_thread(_result)(call, job_id)


async def _cancel(call: Call) -> Result:
    return await in_thread(_canceled)(call, _job_id(call))


def _submit(call: Call) -> UUID:
    """Ask for the drawing; the job's id."""
    caller = call.visit.caller
    wanted = asked.drawing(call.arguments, is_test=caller.is_test)
    job, is_repeat = services.submit(
        caller.user, wanted, idempotency_key=_key(call.arguments), api_key=caller.key
    )
    call.visit.credits = 0 if is_repeat else job.price
    return job.pk


def _result(call: Call, job_id: UUID) -> Result:
    job = _find(call, job_id)
    give_back()  # a picture may take seconds
    return shown.result(call.visit.request, job)


def _canceled(call: Call, job_id: UUID) -> Result:
    caller = call.visit.caller
    services.cancel(caller.user, job_id, is_test=caller.is_test)
    return _result(call, job_id)


def _find(call: Call, job_id: UUID) -> Job:
    """A job of the caller's person: of tests for a test key, else of the others."""
    caller = call.visit.caller
    theirs = Job.objects.owned_by(caller.user).filter(is_test=caller.is_test, pk=job_id)
    job = theirs.select_related("generation").first()
    if job is None:
        raise JobMissing()
    return job


async def _watch(call: Call, job_id: UUID, seconds: float) -> None:
    """Wait for the job, and tell of its progress."""
    began, told = time.perf_counter(), -1
    try:
        async with aclosing(call.lookout.changes(job_id, seconds=seconds)) as changes:
            async for state in changes:
                if call.report and state.progress > told:
                    told = state.progress
                    await call.report(told, 100, state.stage)
    finally:
        call.visit.idle += time.perf_counter() - began


# --- Arguments ---


def _check_names(arguments: dict[str, Any], schema: Schema) -> None:
    """Models make arguments up: better to say so than to do something else than they meant."""
    unknown = sorted(set(arguments) - set(schema["properties"]))
    if unknown:
        raise Invalid(f"Unknown argument: {clean(unknown[0])[:50]}")


def _job_id(call: Call) -> UUID:
    """Raises JobMissing."""
    sent = call.arguments.get("job_id")
    job_id = parse_id(sent) if isinstance(sent, str) else None
    if job_id is None:
        raise JobMissing()
    return job_id


def _key(arguments: dict[str, Any]) -> str:
    """The caller's idempotency key, or one of its own for a call that is not to be repeated."""
    sent = arguments.get("idempotency_key")
    if sent is not None and not isinstance(sent, str):
        raise Invalid("idempotency_key must be text")
    return recipe.key(sent) if clean(sent or "") else str(uuid4())


def _wait(call: Call, *, usual: float) -> float:
    sent = call.arguments.get("wait_seconds")
    if sent is None:
        return usual
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not math.isfinite(sent):
        raise Invalid("wait_seconds must be a number")
    if not 0 <= sent <= LONGEST_WAIT:
        raise Invalid(f"wait_seconds must be from 0 to {LONGEST_WAIT}")
    return sent


# --- Refusals ---


def _refused(call: Call, refusal: DomainError) -> Result:
    retry = refusal.headers.get("Retry-After")
    extra = {**refusal.extra, **({"retryAfter": int(retry)} if retry else {})}
    return _failed(call, refusal.status, str(refusal), refusal.code, extra)


def _failed(
    call: Call, status: int, sentence: str, code: str = "", extra: dict | None = None
) -> Result:
    """A tool's error: for the model a sentence, for programs what `/v1` says."""
    call.visit.status = status
    code = code or _CODES.get(HTTPStatus(status), HTTPStatus(status).name)
    told = {"error": sentence, "errorCode": code, "requestId": logs.request_id()}
    text = f"{sentence} ({code})"
    return {
        "content": [{"type": "text", "text": text}],
        "structuredContent": {**told, **(extra or {})},
        "isError": True,
    }


_CODES = {HTTPStatus.PAYMENT_REQUIRED: "INSUFFICIENT_CREDITS"}

TOOLS = {
    "list_styles": Tool(
        title="List styles and models",
        description="The styles that a drawing may have, and the models that can draw it.",
        run=_list_styles,
        takes=schemas.taking,
        gives=schemas.CHOICES,
    ),
    "generate_svg": Tool(
        title="Draw an SVG",
        description=(
            "Draws what a prompt describes, as a sanitized, standalone SVG. Costs one credit of "
            "the person's account; nothing where it fails. Waits for the drawing for a while; "
            "where it takes longer, ask get_job_status for the job."
        ),
        run=_generate,
        takes=lambda: schemas.generate([model.name for model in providers.models()]),
        gives=schemas.ONE_JOB,
        scope=GENERATE,
        changes=True,
        repeats=False,
    ),
    "get_job_status": Tool(
        title="Look at a drawing's job",
        description="How far a job of generate_svg is; with the drawing, once there is one.",
        run=_status,
        takes=lambda: schemas.JOB_ID_AND_WAIT,
        gives=schemas.ONE_JOB,
        scope=READ,
    ),
    "cancel_job": Tool(
        title="Cancel a drawing's job",
        description="Stops a job that is under way. Its credit is given back.",
        run=_cancel,
        takes=lambda: schemas.JOB_ID,
        gives=schemas.ONE_JOB,
        scope=GENERATE,
        changes=True,
        destroys=True,
    ),
}
