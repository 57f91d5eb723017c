"""What became of the jobs, by the database, the model server's log and the log of kills."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from chatsvg.bench.hammer import Blow, Kind
from chatsvg.bench.load import MARK
from chatsvg.bench.model_log import Call
from chatsvg.bench.stack import WEB, Stack

PICK_UP_SECONDS = 15
HITTING_PCT = 80
CUT_SECONDS = 1.0  # the server sees a dead client's connection end within that
ENDED = ("SUCCEEDED", "FAILED", "CANCELED")

JOBS = "SELECT status, error_code, count(*) FROM generations_job GROUP BY 1, 2"
RETRIES = """SELECT error_code, count(*) FROM generations_jobevent
             WHERE status = 'QUEUED' AND error_code <> '' GROUP BY 1"""
DOUBLE_CAPTURES = """SELECT count(*) FROM (SELECT FROM credits_entry WHERE kind = 'capture'
                     GROUP BY reference HAVING count(*) > 1) AS twice"""
# a drawing that no job names, or a second one of the same job
DOUBLE_GENERATIONS = """SELECT count(*) FROM generations_generation AS made
    WHERE NOT EXISTS (SELECT FROM generations_job WHERE generation_id = made.id)"""
DOUBLE_ANSWERS = """SELECT count(*) FROM (SELECT FROM generations_attempt
                    WHERE outcome = 'answered'
                    GROUP BY job_id, repair HAVING count(*) > 1) AS twice"""
IN_QUEUE = """SELECT extract(epoch FROM max(at - before))::float FROM (
    SELECT status, at, lag(status) OVER log AS was, lag(at) OVER log AS before
    FROM generations_jobevent WINDOW log AS (PARTITION BY job_id ORDER BY seq)) AS step
    WHERE was = 'QUEUED' AND status = 'RUNNING'"""
EVENTS = """SELECT substring(prompt FROM %s)::int AS number, event.status, event.stage,
                   extract(epoch FROM event.at)::float AS at
            FROM generations_jobevent AS event JOIN generations_job AS job ON job.id = job_id
            ORDER BY event.id"""


class PickUp(NamedTuple):
    """Seconds until a job went on, after the last thing that held it up, and after its kill.

    The last thing may be PostgreSQL's restart, or a later kill with which its wake-up was lost.
    """

    after_last: float
    after_first: float


def figures(
    stack: Stack, calls: Sequence[Call], blows: Sequence[Blow], *, asked: int
) -> dict[str, Any]:
    """All that is promised, and what came of it."""
    rows = stack.rows(JOBS)
    jobs = sum(row["count"] for row in rows)
    ended = sum(row["count"] for row in rows if row["status"] in ENDED)
    kills = [blow for blow in blows if blow.kind == Kind.KILL]
    hits = [kill for kill in kills if cut_by(kill, calls)]
    found = pickups(stack, calls, blows)
    code, told = stack.audit()
    return {
        "jobs": jobs,
        "terminal_pct": _percent(ended, asked),
        "succeeded": sum(row["count"] for row in rows if row["status"] == "SUCCEEDED"),
        "failed_by_code": _by_code(row for row in rows if row["status"] == "FAILED"),
        "retries_by_code": _by_code(stack.rows(RETRIES)),
        "double_captures": stack.value(DOUBLE_CAPTURES),
        "double_generations": stack.value(DOUBLE_GENERATIONS),
        "questions_answered_twice": stack.value(DOUBLE_ANSWERS),
        "model_calls_per_job": round(len(calls) / jobs, 3) if jobs else None,
        "longest_pickup_after_kill_s": max((one.after_last for one in found), default=None),
        "longest_pickup_after_first_kill_s": max((one.after_first for one in found), default=None),
        "longest_in_queue_s": round(stack.value(IN_QUEUE) or 0.0, 2),
        "calls_cut_by_kills": sum(len(cut_by(kill, calls)) for kill in kills),
        "kills": len(kills),
        "kills_of_web": sum(kill.name == WEB for kill in kills),
        "kills_hitting_running_pct": _percent(len(hits), len(kills)),
        "audit": {"exit_code": code, "drift": told.count("DRIFT")},
    }


def broken_promises(found: dict[str, Any], *, asked: int) -> list[str]:
    """A sentence for each figure that is not what was promised."""
    pickup = found["longest_pickup_after_kill_s"]
    wanted = {
        "jobs": found["jobs"] == asked,
        "terminal_pct": found["terminal_pct"] == 100,
        "double_captures": found["double_captures"] == 0,
        "double_generations": found["double_generations"] == 0,
        "questions_answered_twice": found["questions_answered_twice"] == 0,
        "longest_pickup_after_kill_s": pickup is not None and pickup <= PICK_UP_SECONDS,
        "longest_in_queue_s": found["longest_in_queue_s"] <= PICK_UP_SECONDS,
        "kills_hitting_running_pct": found["kills_hitting_running_pct"] >= HITTING_PCT,
        "audit": found["audit"] == {"exit_code": 0, "drift": 0},
    }
    return [f"{name} is {found[name]}" for name, is_kept in wanted.items() if not is_kept]


def cut_by(kill: Blow, calls: Sequence[Call]) -> list[Call]:
    """The calls of that process that ended with it, unanswered."""
    return [
        call
        for call in calls
        if call.process == kill.name
        and call.closed_at is not None
        and call.began_at < kill.at <= call.closed_at <= kill.at + CUT_SECONDS
    ]


def pickups(stack: Stack, calls: Sequence[Call], blows: Sequence[Blow]) -> list[PickUp]:
    """For each job whose call a kill cut, until it was claimed again, or ended."""
    events: dict[int, list[Any]] = defaultdict(list)
    for event in stack.rows(EVENTS, MARK.format("([0-9]+)")):
        events[event["number"]].append(event)
    kills = [blow for blow in blows if blow.kind == Kind.KILL]
    cut = [(kill, call) for kill in kills for call in cut_by(kill, calls)]
    found = (pick_up(kill, events.get(call.order or 0, []), blows) for kill, call in cut)
    return [one for one in found if one]  # what never went on is told by `terminal_pct`


def pick_up(kill: Blow, log: Sequence[Any], blows: Sequence[Blow]) -> PickUp | None:
    """How long the job with these events waited after it was cut; None where it still waits."""
    taken = next((e["at"] for e in log if e["at"] > kill.at and _is_taken(e)), None)
    if taken is None:
        return None
    queued = [e["at"] for e in log if kill.at < e["at"] < taken and e["status"] == "QUEUED"]
    since = kill.at
    for blow in blows:
        if kill.at < blow.at < taken and (
            blow.kind != Kind.KILL or (queued and blow.at > queued[-1])
        ):
            since = max(since, blow.at)
    return PickUp(round(taken - since, 2), round(taken - kill.at, 2))


def _is_taken(event: dict[str, Any]) -> bool:
    is_claim = event["status"] == "RUNNING" and event["stage"] == "drawing"
    return is_claim or event["status"] in ENDED


def _by_code(rows: Any) -> dict[str, int]:
    return {row["error_code"]: row["count"] for row in rows}


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
