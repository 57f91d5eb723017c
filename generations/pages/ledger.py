"""`/credits`: where somebody's credits came from, and where they went, line by line."""

from uuid import UUID

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guards import signed_in
from chatsvg.ids import parse_id
from credits import ledger, standing
from credits.plans import FREE_REFILL
from generations.models import Job

ID_DIGITS = 18  # of an entry's id: more is none


@require_safe
@signed_in("/credits")
def credits(request):
    before = _number(request.GET.get("before", ""))
    page = ledger.page(request.user, before=before)
    jobs = _jobs(request.user, [line.job_id for line in page.lines])
    context = {
        "lines": [(line, jobs.get(parse_id(line.job_id))) for line in page.lines],
        "next": f"/credits?before={page.next}" if page.next else "",
        "is_first": before is None,
    }
    if before is None:
        context |= {
            "standing": standing.of(request.user),
            "promised": _promised(request.user),
            "payments": ledger.payments(request.user),
            "refill": f"up to {FREE_REFILL} credits",
        }
    return render(request, "credits/credits.html", context)


def _jobs(user, ids: list[str]) -> dict[UUID, Job]:
    wanted = [one for one in map(parse_id, ids) if one]
    return Job.objects.owned_by(user).only("prompt", "status", "error_code").in_bulk(wanted)


def _promised(user) -> list[Job]:
    """Those whose credits are held: nothing was charged for them yet."""
    waiting = Job.objects.owned_by(user).under_way().filter(charge=Job.Charge.HELD)
    return list(waiting.only("prompt", "price", "created_at").order_by("-created_at"))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= ID_DIGITS else None
