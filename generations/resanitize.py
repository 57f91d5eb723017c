"""Bring drawings of an older sanitizer up to date, while everything else goes on.

How far it is stands in the rows: killed at any moment, the next run goes on. No transaction is
open and no row is locked while a drawing is sanitized; what is written is compared and set.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from accounts.keys import replies
from chatsvg.database import patiently
from generations import svg
from generations.models import Generation, Withdrawn
from generations.models.drawings import GenerationQuerySet

BATCH = 100
# What is served in the place of a drawing that is no longer safe enough.
STAND_IN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">'
    "<title>This drawing was withdrawn</title>"
    '<rect x="16" y="16" width="480" height="480" rx="32" fill="#f4f4f5"/>'
    '<circle cx="256" cy="216" r="88" fill="none" stroke="#a1a1aa" stroke-width="24"/>'
    '<path d="M194 278L318 154" fill="none" stroke="#a1a1aa" stroke-width="24"/>'
    '<text x="256" y="384" fill="#52525b" font-family="sans-serif" font-size="32"'
    ' text-anchor="middle">This drawing was withdrawn</text></svg>'
)
_OTHERWISE = ("changed", "rejected")
WHY = "withdrawn: the drawing no longer passes the safety checks"


@dataclass
class Tally:
    """What became of the drawings looked at so far."""

    unchanged: int = 0
    changed: int = 0
    rejected: int = 0
    missed: int = 0  # changed or deleted by somebody else at the same time

    @property
    def seen(self) -> int:
        return self.unchanged + self.changed + self.rejected + self.missed


@dataclass(frozen=True)
class Outcome:
    """What the sanitizer makes of one drawing, before anything is written."""

    old: Generation
    original: str
    drawing: svg.Sanitized | None
    code: str = ""

    @property
    def kind(self) -> str:
        if self.drawing is None:
            return "rejected"
        return "unchanged" if self.drawing.svg == self.old.svg else "changed"


def stale() -> GenerationQuerySet:
    """Drawings that an older sanitizer let through. Those of a newer one are left alone."""
    return Generation.everything.filter(sanitizer_version__lt=svg.SANITIZER_VERSION)


def run(*, batch: int = BATCH, dry_run: bool = False) -> Iterator[Tally]:
    """Sanitize every stale drawing anew; the tally so far, after each batch of them.

    A drawing that is now refused is withdrawn: a stand-in is served, the original is kept. With
    `dry_run` nothing is written.
    """
    tally = Tally()
    after: UUID | None = None
    while rows := patiently(partial(_next, after, batch)):
        outcomes = [_sanitize(generation) for generation in rows]
        kinds = [outcome.kind for outcome in outcomes]
        if not dry_run:
            kinds = patiently(partial(_write, outcomes))
        for kind in kinds:
            setattr(tally, kind, getattr(tally, kind) + 1)
        yield tally
        after = rows[-1].pk


def _next(after: UUID | None, batch: int) -> list[Generation]:
    rows = stale() if after is None else stale().filter(pk__gt=after)
    return list(rows.select_related("withdrawn").order_by("pk")[:batch])


def _sanitize(generation: Generation) -> Outcome:
    withdrawn = _withdrawn(generation)
    original = withdrawn.svg if withdrawn else generation.svg
    try:
        return Outcome(generation, original, svg.sanitize(original))
    except svg.Rejected as refusal:
        return Outcome(generation, original, None, refusal.code)


def _withdrawn(generation: Generation) -> Withdrawn | None:
    return getattr(generation, "withdrawn", None)


@transaction.atomic
def _write(outcomes: list[Outcome]) -> list[str]:
    """Write a batch in one short transaction; what became of each drawing."""
    kinds = [_write_one(outcome) for outcome in outcomes]
    others = [one.old for one, kind in zip(outcomes, kinds, strict=True) if kind in _OTHERWISE]
    replies.forget_told({old.user_id for old in others}, [str(old.pk) for old in others])
    return kinds


def _write_one(outcome: Outcome) -> str:
    old, kind = outcome.old, outcome.kind
    changes = {} if kind == "unchanged" else _changes(outcome)
    same = Generation.everything.filter(
        pk=old.pk, sanitizer_version=old.sanitizer_version, svg=old.svg
    )
    if not same.update(sanitizer_version=svg.SANITIZER_VERSION, **changes):
        return "missed"
    if outcome.drawing:
        Withdrawn.objects.filter(pk=old.pk).delete()
    elif not _withdrawn(old):
        Withdrawn.objects.create(
            generation=old, svg=outcome.original, notes=old.notes, code=outcome.code
        )
    return kind


def _changes(outcome: Outcome) -> dict[str, object]:
    """The new text, and a copy in storage that is to be made anew (the sweep's work)."""
    withdrawn = _withdrawn(outcome.old)
    known = withdrawn.notes if withdrawn else outcome.old.notes
    if outcome.drawing is None:
        text, notes = STAND_IN, [WHY]
    else:
        text = outcome.drawing.svg
        notes = [*known, *(note for note in outcome.drawing.notes if note not in known)]
    return {"svg": text, "size_bytes": len(text.encode()), "notes": notes, "stored_at": None}
