"""What is asked for, of the platform in this process, and what each costs: milliseconds of CPU,
here and in PostgreSQL. Run as a program by `bench growth`, in an installation of its own.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

ROUNDS = 5
DEPTH = 0.4  # of a list, where its deep page is: the rest fills a page among few rows, too
CANCELED = 60  # jobs, more than a page of them
USUAL_MS = 1.0
READ = 60  # drawings of somebody whose history does not grow
STRANGE = "zebra"  # a word that no prompt has
Ask = Callable[[], object]


def main(sizes: list[int], requests: int) -> dict[str, Any]:
    """The cost of everything at each size, by its name."""
    from django.db import connection

    from chatsvg.bench.growth_rows import Rows, draw, person
    from chatsvg.bench.report import say

    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET max_parallel_workers_per_gather = 0")
        cursor.execute("ALTER SYSTEM SET autovacuum = off")
        cursor.execute("SELECT pg_reload_conf()")
    owner, reader = person("owner"), person("reader")
    for _ in range(READ):
        draw(reader)
    rows, world = Rows(owner, draw(owner)), _World(owner, reader)
    found: dict[str, Any] = {}
    for size in sizes:
        say(f"filling the tables up to {size}")
        began = time.monotonic()
        rows.grow(size)
        seconds = round(time.monotonic() - began, 1)
        say(f"asking for everything among {size}, after {seconds} s")
        found[str(size)] = {"filled_in_s": seconds, "ms": world.costs(requests)}
    return found


class _World:
    """Who asks, and what for."""

    def __init__(self, owner: Any, reader: Any):
        from django.conf import settings
        from django.test import Client

        from accounts.keys import asked, services
        from accounts.models import User

        settings.ALLOWED_HOSTS = ["testserver"]
        key = services.create(owner, asked.key({"name": "bench"})).raw
        staff = User.objects.create_superuser(email="staff@bench.example", password="")
        self.owner = owner
        self.visitor, self.mine, self.desk = Client(), _signed_in(owner), Client()
        self.searching = _signed_in(reader)
        self.program = Client(headers={"X-API-Key": key})
        self.desk.force_login(staff, "django.contrib.auth.backends.ModelBackend")
        for _ in range(CANCELED):
            self._submit()
        self._clear()

    def costs(self, requests: int) -> dict[str, dict[str, float]]:
        asks = {**self._pages(), **_sweeps()}
        found = {name: cost(ask, requests) for name, ask in asks.items()}
        found["submit"] = cost(self._submit, requests)
        self._clear()
        return found

    def _pages(self) -> dict[str, Ask]:
        at = self._cursors()
        return {
            name: _getter(getattr(self, who), path.format(**at))
            for name, (who, path) in PAGES.items()
        }

    def _cursors(self) -> dict[str, Any]:
        """Where the second and the deep pages of each list begin, and what is looked for."""
        from credits.models import Entry
        from generations.models import Generation, Job
        from realtime.models import Notification

        at = {"email": self.owner.email, "person": self.owner.pk}
        at["stranger"] = "person7@bench.example"
        lists = {
            "public": Generation.objects.public().order_by("-created_at", "-id"),
            "drawing": Generation.objects.owned_by(self.owner).order_by("-created_at", "-id"),
            "job": Job.objects.owned_by(self.owner).order_by("-created_at", "-id"),
            "entry": Entry.objects.filter(wallet=self.owner.pk).order_by("-id"),
            "note": Notification.objects.filter(user=self.owner).order_by("-created_at", "-id"),
        }
        for name, rows in lists.items():
            keys = rows.values_list("pk", flat=True)
            at[f"{name}_second"] = keys[49]
            at[f"{name}_deep"] = keys[int(rows.count() * DEPTH)]
        return at

    def _submit(self) -> None:
        reply = self.mine.post(
            "/api/svg/generate-svg",
            json.dumps({"prompt": "a red fox asleep", "style": "flat", "model": "studio"}),
            "application/json",
            headers={"x-idempotency-key": str(uuid4())},
        )
        _check("submit", reply, 202)

    def _clear(self) -> None:
        """Nobody draws here."""
        from generations import services
        from generations.models import Job

        for job in Job.objects.owned_by(self.owner).under_way():
            services.cancel(self.owner, job.pk)


PAGES = {  # name -> who asks, and what for
    "gallery": ("visitor", "/gallery"),
    "gallery second": ("visitor", "/gallery?cursor={public_second}"),
    "gallery deep": ("visitor", "/gallery?cursor={public_deep}"),
    "gallery deep, style": ("visitor", "/gallery?cursor={public_deep}&style=flat"),
    "api gallery": ("visitor", "/api/svg/public?limit=50"),
    "api gallery deep": ("visitor", "/api/svg/public?limit=50&cursor={public_deep}"),
    "history": ("mine", "/history"),
    "history second": ("mine", "/history?cursor={drawing_second}"),
    "history deep": ("mine", "/history?cursor={drawing_deep}"),
    "history, private": ("mine", "/history?privacy=private"),
    "search, frequent": ("mine", "/history?q=fox"),
    "search, in vain": ("searching", f"/history?q={STRANGE}"),
    "api history": ("mine", "/api/user/generations?limit=50"),
    "api history deep": ("mine", "/api/user/generations?limit=50&cursor={drawing_deep}"),
    "ledger": ("mine", "/credits"),
    "ledger deep": ("mine", "/credits?before={entry_deep}"),
    "making": ("mine", "/app"),
    "notifications": ("mine", "/notifications"),
    "notifications deep": ("mine", "/notifications?cursor={note_deep}"),
    "api notifications": ("mine", "/api/notification/latest?limit=50"),
    "api badge": ("mine", "/api/notification/badge"),
    "v1 jobs": ("program", "/v1/svg/jobs"),
    "v1 jobs deep": ("program", "/v1/svg/jobs?cursor={job_deep}"),
    "v1 drawings": ("program", "/v1/svg/drawings"),
    "v1 drawings deep": ("program", "/v1/svg/drawings?cursor={drawing_deep}"),
    "v1 usage": ("program", "/v1/usage"),
    "v1 job": ("program", "/v1/svg/job/{job_deep}"),
    "desk, by e-mail": ("desk", "/admin/find/?q=person"),
    "desk, by id": ("desk", "/admin/find/?q={job_deep}"),
    "desk person": ("desk", "/admin/person/{person}/"),
    "admin people": ("desk", "/admin/accounts/user/"),
    "admin people, by e-mail": ("desk", "/admin/accounts/user/?q={stranger}"),
    "admin wallets": ("desk", "/admin/credits/wallet/"),
    "admin wallets, by plan": ("desk", "/admin/credits/wallet/?plan__exact=FREE"),
    "admin ledger": ("desk", "/admin/credits/entry/"),
    "admin ledger, refunds": ("desk", "/admin/credits/entry/?kind__exact=refund"),
    "admin ledger, of one": ("desk", "/admin/credits/entry/?q={email}"),
    "admin jobs": ("desk", "/admin/generations/job/"),
    "admin jobs, deep": ("desk", "/admin/generations/job/?p=8"),
    "admin jobs, failed": ("desk", "/admin/generations/job/?status__exact=FAILED"),
    "admin jobs, canceled": ("desk", "/admin/generations/job/?status__exact=CANCELED"),
    "admin jobs, running": ("desk", "/admin/generations/job/?status__exact=RUNNING"),
    "admin jobs, released": ("desk", "/admin/generations/job/?charge__exact=RELEASED"),
    "admin jobs, held": ("desk", "/admin/generations/job/?charge__exact=HELD"),
    "admin jobs, by code": ("desk", "/admin/generations/job/?error_code=WORKER_LOST"),
    "admin jobs, of one": ("desk", "/admin/generations/job/?q={email}"),
    "admin drawings": ("desk", "/admin/generations/generation/"),
    "admin drawings, private": ("desk", "/admin/generations/generation/?is_private__exact=1"),
    "admin notifications": ("desk", "/admin/realtime/notification/"),
    "admin notifications, promo": ("desk", "/admin/realtime/notification/?type=PROMO_MONTHLY"),
    "admin people, staff": ("desk", "/admin/accounts/user/?is_staff__exact=1"),
    "admin people, suspended": ("desk", "/admin/accounts/user/?is_active__exact=0"),
    "metrics": ("visitor", "/metrics"),
}


def _sweeps() -> dict[str, Ask]:
    from generations import discarding, upkeep

    return {
        "sweep": lambda: upkeep.sweep(wake=lambda job_id: None),
        "sweep of the discarded": discarding.purge,
    }


def _signed_in(user: Any) -> Any:
    from django.test import Client

    from chatsvg.bench.client import PASSWORD

    client = Client(headers={"Accept": "text/html"})
    client.get("/signin")
    token = client.cookies["csrf-token"].value
    fields = {"csrf-token": token, "email": user.email, "password": PASSWORD}
    _check("sign in", client.post("/signin", fields), 302)
    client.defaults["HTTP_X_CSRF_TOKEN"] = client.cookies["csrf-token"].value
    return client


def _getter(client: Any, path: str) -> Ask:
    def ask() -> None:
        _check(path, client.get(path), 200)

    return ask


def _check(what: str, reply: Any, status: int) -> None:
    if reply.status_code != status:
        raise SystemExit(f"{what}: {reply.status_code} {reply.content[:300]!r}")


# --- What it costs ---


def cost(ask: Ask, requests: int) -> dict[str, float]:
    """Milliseconds of CPU for one, here and in the database, in the middle one of some rounds.

    A machine is not as fast at one moment as at another: beside each round the same work is done
    by both processes, and what is told is as if that always took as long.
    """
    for _ in range(3):
        ask()
    count = max(1, requests // ROUNDS)
    rounds = [(_round(ask, count), _round(_usual_work, count)) for _ in range(ROUNDS)]
    here = median(one[0] / beside[0] for one, beside in rounds)
    database = median(one[1] / beside[1] for one, beside in rounds)
    return {"here": round(here * USUAL_MS, 3), "database": round(database * USUAL_MS, 3)}


def _usual_work() -> None:
    """About USUAL_MS on either side, whatever the tables hold."""
    from django.db import connection

    json.loads(json.dumps([{"at": number, "text": str(number)} for number in range(1_000)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n * n) FROM generate_series(1, 6000) AS n")


def _round(ask: Ask, count: int) -> tuple[float, float]:
    backends = _backends()
    here = time.process_time()
    for _ in range(count):
        ask()
    each = 1000 / count
    here = time.process_time() - here
    after = _backends()
    database = sum(after[pid] - used for pid, used in backends.items() if pid in after)
    return here * each, database * each


def _backends() -> dict[int, float]:
    """The processes of PostgreSQL that work for this one, and the seconds of CPU that each has
    used: to the nanosecond, where the usual figures are of 10 ms."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
            "AND datname = current_database()"
        )
        return {pid: seconds for (pid,) in cursor.fetchall() if (seconds := _used(pid)) is not None}


def _used(pid: int) -> float | None:
    """None where it has ended."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:
        return None


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsvg.settings")
    import django

    django.setup()
    asked = json.loads(sys.argv[1])
    sys.stdout.write(json.dumps(main(asked["sizes"], asked["requests"])))
