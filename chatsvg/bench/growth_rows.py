"""Rows by the million, each like one that the platform made itself.

A real drawing is made first, with all that comes of one; every other is a copy of its rows with
ids, times, people and references of its own. So whatever a table demands is there, and nothing
here knows its columns. What refers to what is right by construction: PostgreSQL is not asked to
look it up for each of them.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from accounts import services as accounts
from accounts.models import User
from chatsvg.bench.client import PASSWORD
from credits import services as credits
from credits.models import Plan
from generations import pipeline, services
from generations.choices import STYLES
from generations.models import Job
from generations.recipe import Recipe

PROMPT = "a red fox asleep"
CHUNK = 100_000
PEOPLE_EACH = 10  # rows for one more person
SINCE, EVERY = timedelta(days=40), timedelta(seconds=30)  # the newest row's age; between two
FAILED_EACH = 15  # every so many jobs one came to nothing

_PLAN = """
CREATE UNLOGGED TABLE IF NOT EXISTS bench_row (
    n bigint PRIMARY KEY, at timestamptz, job uuid, made uuid, person uuid, style text,
    failed boolean, private boolean
)
"""
# ids begin with the time (UUIDv7), as those of the platform do
_ROWS = """
INSERT INTO bench_row
SELECT n, at, {id}, {id}, CASE WHEN n %% 2 = 0 THEN %(owner)s::uuid
    ELSE (%(people)s::uuid[])[1 + (n / 2) %% cardinality(%(people)s::uuid[])] END,
    (%(styles)s::text[])[1 + n %% cardinality(%(styles)s::text[])],
    n %% %(failed)s = 0, n %% 7 = 0
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
    LATERAL (SELECT now() - %(since)s - n * %(every)s AS at) AS clock
""".replace(
    "{id}",
    """overlay(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
       || substr(gen_random_uuid()::text, 15) PLACING '7' FROM 13 FOR 1)::uuid""",
)
_COPY = """
INSERT INTO {table} SELECT copied.*
FROM bench_row AS row, {table} AS sample_row,
    LATERAL jsonb_populate_record(sample_row, jsonb_strip_nulls(jsonb_build_object({changes}))
        || {nulls}) AS copied
WHERE sample_row.id = %(model)s AND row.n BETWEEN %(first)s AND %(last)s AND {which}
"""
_NEXT = "'id', nextval(pg_get_serial_sequence('{table}', 'id'))"
_ENDED = """
    'status', CASE WHEN failed THEN 'FAILED' END, 'charge', CASE WHEN failed THEN 'REFUNDED' END,
    'error_code', CASE WHEN failed THEN 'TIMEOUT' END
"""
_OF = {  # table -> what is its own, what is null, and of which rows there is one
    "generations_generation": (
        "'id', made, 'user_id', person, 'style', row.style, 'is_private', private, "
        "'storage_key', 'bench/' || made, 'created_at', row.at, 'stored_at', row.at",
        "'{}'",
        "NOT failed",
    ),
    "generations_job": (
        "'id', job, 'user_id', person, 'style', row.style, 'is_private', private, "
        "'idempotency_key', job, 'generation_id', CASE WHEN NOT failed THEN made END, "
        "'created_at', row.at, 'available_at', row.at, 'woken_at', row.at, "
        "'deadline_at', row.at, 'started_at', row.at, 'finished_at', row.at," + _ENDED,
        """CASE WHEN failed THEN '{"generation_id": null}'::jsonb ELSE '{}' END""",
        "true",
    ),
    "generations_jobevent": (
        _NEXT + ", 'user_id', person, 'cursor', n + 1000, 'job_id', job, 'seq', 1, 'at', row.at, "
        "'generation_id', CASE WHEN NOT failed THEN made END",
        """CASE WHEN failed THEN '{"generation_id": null}'::jsonb ELSE '{}' END""",
        "true",
    ),
    "generations_attempt": (
        _NEXT + ", 'job_id', job, 'started_at', row.at, 'finished_at', row.at",
        "'{}'",
        "true",
    ),
    "credits_entry": (
        _NEXT + ", 'wallet_id', person, 'reference', 'job:' || job, 'created_at', row.at",
        "'{}'",
        "true",
    ),
    "realtime_notification": (
        "'id', job, 'user_id', person, 'about', 'job:' || job, 'created_at', row.at",
        "'{}'",
        "NOT failed",
    ),
}
_PEOPLE = """
INSERT INTO accounts_user SELECT copied.*
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n, accounts_user AS sample_row,
    LATERAL jsonb_populate_record(sample_row, jsonb_build_object('id', gen_random_uuid(),
        'email', 'person' || n || '@bench.example')) AS copied
WHERE sample_row.id = %(model)s
RETURNING id
"""
_WALLETS = """
INSERT INTO credits_wallet SELECT copied.*
FROM unnest(%(people)s::uuid[]) AS person, credits_wallet AS sample_row,
    LATERAL jsonb_populate_record(sample_row, jsonb_build_object('user_id', person)) AS copied
WHERE sample_row.user_id = %(model)s
"""
# events that come of requests meanwhile have later places
_FEEDS = """
INSERT INTO generations_feed AS feed (user_id, last)
SELECT DISTINCT person, 1000000000 FROM bench_row
ON CONFLICT (user_id) DO UPDATE SET last = greatest(feed.last, excluded.last)
"""


def person(name: str, *, plan: Plan = Plan.SUPPORTER) -> User:
    """Somebody registered, who can pay for what is measured."""
    user = accounts.register(email=f"{name}@bench.example", password=PASSWORD, name=name)
    with transaction.atomic():
        credits.grant(user.pk, 10_000, reference=f"bench:{name}")
    credits.set_plan(user.pk, plan, reason="bench")
    return user


def draw(user: User, prompt: str = PROMPT) -> Job:
    """One real drawing of theirs."""
    wanted = Recipe(prompt, "flat", "studio", False)
    key = str(uuid4())
    job = services.submit(user, wanted, idempotency_key=key, wakes=False).job
    pipeline.run(job.pk)
    job.refresh_from_db()
    return job


class Rows:
    """The tables of a run. Every second row is the owner's, the others are everybody's."""

    def __init__(self, owner: User, model: Job):
        self.owner, self.there = owner, 0
        self._models = _models(model)
        self._people: list[UUID] = []
        with connection.cursor() as cursor:
            cursor.execute(_PLAN)

    def grow(self, size: int) -> None:
        """Up to so many rows in each table."""
        for first in range(self.there + 1, size + 1, CHUNK):
            self._fill(first, min(first + CHUNK - 1, size))
        self.there = size
        self._settle()

    def _fill(self, first: int, last: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            self._invite(cursor, last - first + 1)
            cursor.execute(_ROWS, self._values(first, last))
            for table, model in self._models.items():
                changes, nulls, which = (part.replace("{table}", table) for part in _OF[table])
                statement = _COPY.format(table=table, changes=changes, nulls=nulls, which=which)
                cursor.execute(statement, {"model": model, "first": first, "last": last})

    def _invite(self, cursor, rows: int) -> None:
        there = len(self._people)
        more = max(1, rows // PEOPLE_EACH)
        span = {"first": there, "last": there + more - 1, "model": self.owner.pk}
        cursor.execute(_PEOPLE, span)
        new = [row[0] for row in cursor.fetchall()]
        cursor.execute(_WALLETS, {"people": new, "model": self.owner.pk})
        self._people += new

    def _values(self, first: int, last: int) -> dict[str, Any]:
        return {
            "first": first,
            "last": last,
            "owner": self.owner.pk,
            "people": self._people,
            "styles": list(STYLES),
            "failed": FAILED_EACH,
            "since": SINCE,
            "every": EVERY,
        }

    def _settle(self) -> None:
        """What is filled in is written out and counted now, and not while pages are asked for."""
        with connection.cursor() as cursor:
            cursor.execute(_FEEDS)
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")


def _models(job: Job) -> dict[str, Any]:
    """The row that is copied, of each table."""
    found: dict[str, Any] = {"generations_job": job.pk, "generations_generation": job.generation_id}
    for table, last in _LAST.items():
        with connection.cursor() as cursor:
            cursor.execute(last, {"job": job.pk, "about": f"job:{job.pk}"})
            row = cursor.fetchone()
        if row:
            [found[table]] = row
    return found


_LAST = {
    "generations_jobevent": "SELECT max(id) FROM generations_jobevent WHERE job_id = %(job)s",
    "generations_attempt": """SELECT id FROM generations_attempt WHERE job_id = %(job)s
                              ORDER BY id DESC LIMIT 1""",
    "credits_entry": "SELECT id FROM credits_entry WHERE reference = %(about)s",
    "realtime_notification": "SELECT id FROM realtime_notification WHERE about = %(about)s",
}
