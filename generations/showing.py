"""A drawing on its own, as its page shows it: its facts, how it came about, its relatives."""

from dataclasses import dataclass

from django.urls import reverse

from generations.choices import STYLES
from generations.exporting import SCALES, sizes_for
from generations.models import Attempt, Generation, Job
from generations.pictures import Drawn, model_label
from generations.svg import measure

REMIXES = 12  # shown of them
STUDIO = "Studio (built in)"


@dataclass(frozen=True)
class Relative:
    """Another drawing that the reader may see. `src` is for <img>."""

    address: str
    src: str
    prompt: str
    style: str
    is_private: bool


@dataclass(frozen=True)
class Lineage:
    """`is_remix` where there is, or was, a parent; `parent` is None where it is not to be seen."""

    is_remix: bool
    parent: Relative | None
    remixes: tuple[Relative, ...]


@dataclass(frozen=True)
class Making:
    """How it came about: for its own person alone. `steps` in plain words; times in seconds."""

    cost: int
    took: float | None
    waited: float | None
    steps: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """A picture so many times as large as the drawing says that it is."""

    times: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Shown(Drawn):
    """All that a page tells of a drawing. `making` is None for everybody but its person."""

    is_test: bool
    is_mine: bool
    sides: tuple[float, float]
    view_box: str
    elements: int
    scales: tuple[Scale, ...]
    lineage: Lineage
    making: Making | None


def show(drawing: Generation, viewer) -> Shown:
    """A drawing that `viewer` may see."""
    is_mine = viewer.is_authenticated and drawing.user_id == viewer.pk
    job = Job.objects.filter(generation=drawing).first()
    attempts = list(job.attempts.defer("answer", "raw_error")) if job else []
    facts = measure(drawing.svg)
    return Shown(
        id=str(drawing.pk),
        src=reverse("generations:inline", args=[drawing.pk]),
        prompt=drawing.prompt,
        style=STYLES.get(drawing.style, drawing.style),
        model=model_label(drawing.model),
        drawn_by=_drawn_by(drawing, attempts),
        is_private=drawing.is_private,
        is_test=not drawing.credits_used,
        is_mine=is_mine,
        created_at=drawing.created_at,
        kilobytes=drawing.size_bytes / 1000,
        sides=facts.sides,
        view_box=" ".join(f"{part:g}" for part in facts.view_box or ()),
        elements=facts.elements,
        scales=tuple(_scales(*facts.sides, sizes_for(viewer))),
        lineage=_lineage(drawing, viewer),
        making=_making(drawing, job, attempts) if is_mine else None,
    )


def _drawn_by(drawing: Generation, attempts: list[Attempt]) -> str:
    """Who really did: the last one that answered."""
    if drawing.provider == "studio":
        return STUDIO
    answered = [one.model for one in attempts if one.outcome == Attempt.Outcome.ANSWERED]
    return model_label(answered[-1] if answered and answered[-1] else drawing.model)


def _scales(width: float, height: float, sizes: range):
    for times in map(int, SCALES):
        if round(max(width, height) * times) in sizes:
            yield Scale(times, max(1, round(width * times)), max(1, round(height * times)))


# --- where it came from ---


def _lineage(drawing: Generation, viewer) -> Lineage:
    seen = Generation.objects.seen_by(viewer).defer("svg")
    parent = seen.filter(pk=drawing.remix_of_id).first() if drawing.remix_of_id else None
    remixes = seen.filter(remix_of=drawing).order_by("-created_at", "-id")[:REMIXES]
    return Lineage(
        is_remix=drawing.remix_of_id is not None,
        parent=_relative(parent) if parent else None,
        remixes=tuple(_relative(one) for one in remixes),
    )


def _relative(drawing: Generation) -> Relative:
    return Relative(
        address=reverse("generations:drawing", args=[drawing.pk]),
        src=reverse("generations:inline", args=[drawing.pk]),
        prompt=drawing.prompt,
        style=STYLES.get(drawing.style, drawing.style),
        is_private=drawing.is_private,
    )


# --- how it came about ---


def _making(drawing: Generation, job: Job | None, attempts: list[Attempt]) -> Making:
    ended, begun = (job.finished_at, job.started_at) if job else (None, None)
    return Making(
        cost=drawing.credits_used,
        took=(ended - job.created_at).total_seconds() if job and ended else None,
        waited=(begun - job.created_at).total_seconds() if job and begun else None,
        steps=_steps(attempts),
        notes=tuple(str(note) for note in drawing.notes),
    )


def _steps(attempts: list[Attempt]) -> tuple[str, ...]:
    if [one.outcome for one in attempts] == [Attempt.Outcome.ANSWERED]:
        return (f"{_who(attempts[0])} drew it in one go{_time(attempts[0])}.",)
    return tuple(_step(one) for one in attempts)


def _step(attempt: Attempt) -> str:
    who = _who(attempt)
    if attempt.outcome != Attempt.Outcome.ANSWERED:
        return f"{who} was asked and sent no drawing{_time(attempt)}."
    if attempt.repair:
        return f"{who} was shown what was wrong, and mended it{_time(attempt)}."
    return f"{who} drew a draft{_time(attempt)}."


def _who(attempt: Attempt) -> str:
    return STUDIO if attempt.provider == "studio" else model_label(attempt.model)


def _time(attempt: Attempt) -> str:
    seconds = attempt.seconds
    return f", in {seconds:.1f} s" if seconds is not None and seconds >= 0.05 else ""
