"""Somebody's jobs, a page at a time: what one costs does not grow with how many there are."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from chatsvg.paging import InvalidCursor
from generations.models import Job
from generations.models.jobs import JobQuerySet


class Page(NamedTuple):
    """The `limit` items after the one that `cursor` names."""

    limit: int
    cursor: UUID | None = None


def jobs_of(user, page: Page, *, is_test: bool) -> tuple[list[Job], str | None]:
    """A page of jobs, newest first, each with its drawing but for the text; and the next cursor,
    None at the end. Raises InvalidCursor."""
    mine = Job.objects.owned_by(user).filter(is_test=is_test)
    rows = mine.select_related("generation").defer("generation__svg")
    if page.cursor:
        rows = _after(rows, mine.filter(pk=page.cursor))
    found = list(rows.order_by("-created_at", "-id")[: page.limit + 1])
    jobs = found[: page.limit]
    return jobs, str(jobs[-1].pk) if len(found) > page.limit else None


def _after(rows: JobQuerySet, last: JobQuerySet) -> JobQuerySet:
    place = last.values_list("created_at", "pk").first()
    if place is None:
        raise InvalidCursor()
    at, pk = place
    return rows.filter(Q(created_at__lt=at) | Q(pk__lt=pk), created_at__lte=at)
