"""What the drawing page shows: the form's values, the jobs under way, the recent drawings."""

from dataclasses import dataclass, field
from uuid import uuid4

from credits.plans import DRAWING_PRICE
from generations import files, providers
from generations.choices import PROMPT_MAX, PROMPT_MIN, STYLES
from generations.errors import sentence
from generations.models import Generation, Job

FORM_STYLE = "minimal"  # the web form's own default (CONTRACT §7.1)
RECENT = 6
STAGES = {
    Job.Stage.WAITING: "Waiting",
    Job.Stage.DRAWING: "Drawing",
    Job.Stage.ANSWERED: "Checking & saving",
    Job.Stage.DONE: "Done",
}
IDEAS = (
    "A red fox asleep",
    "Rocket leaving a small planet",
    "Shopping cart icon",
    "Cup of coffee with steam",
    "Mountain lake at sunrise",
)


@dataclass(frozen=True)
class Picture:
    """A finished drawing, as a page shows it. `src` is for <img>."""

    id: str
    src: str
    prompt: str
    style: str
    model: str
    drawn_by: str
    is_private: bool
    kilobytes: float
    notes: tuple[str, ...]
    created_at: object


@dataclass(frozen=True)
class Card:
    """One job, as a page shows it."""

    job: Job
    style: str
    model: str
    stages: tuple[tuple[str, str, str], ...]  # name, label, and done, now or ahead
    failure: str
    picture: Picture | None
    seconds: float | None
    key: str = field(default_factory=lambda: str(uuid4()))  # for another try


def model_label(name: str) -> str:
    known = {model.name: model.label for model in providers.models()}
    return known.get(name, name)


def picture(drawing: Generation) -> Picture:
    return Picture(
        id=str(drawing.pk),
        src=files.page_url(drawing),
        prompt=drawing.prompt,
        style=STYLES.get(drawing.style, drawing.style),
        model=model_label(drawing.model),
        drawn_by="Studio" if drawing.provider == "studio" else model_label(drawing.model),
        is_private=drawing.is_private,
        kilobytes=drawing.size_bytes / 1000,
        notes=tuple(str(note) for note in drawing.notes),
        created_at=drawing.created_at,
    )


def card(job: Job) -> Card:
    ended = job.finished_at
    return Card(
        job=job,
        style=STYLES.get(job.style, job.style),
        model=model_label(job.model),
        stages=_stages(job),
        failure=sentence(job.error_code, has_ended=job.has_ended) or "",
        picture=picture(job.generation) if job.generation else None,
        seconds=(ended - job.created_at).total_seconds() if ended else None,
    )


def _stages(job: Job) -> tuple[tuple[str, str, str], ...]:
    names = list(STAGES)
    at = len(names) if job.stage == Job.Stage.DONE else names.index(Job.Stage(job.stage))
    states = ["done" if i < at else "now" if i == at else "ahead" for i in range(len(names))]
    return tuple(
        (name.value, STAGES[name], state) for name, state in zip(names, states, strict=True)
    )


def find(user, job_id) -> Job | None:
    """A job of this person's, with its drawing."""
    return _jobs(user).filter(pk=job_id).first()


def cards(user, chosen: Job | None = None) -> list[Card]:
    """The chosen job and those under way, newest first."""
    jobs = {job.pk: job for job in _jobs(user).under_way()}
    if chosen:
        jobs[chosen.pk] = chosen
    newest = sorted(jobs.values(), key=lambda job: (job.created_at, job.pk), reverse=True)
    return [card(job) for job in newest]


def _jobs(user):
    return Job.objects.owned_by(user).select_related("generation").defer("generation__svg")


def recent(user) -> list[Picture]:
    mine = Generation.objects.owned_by(user).defer("svg").order_by("-created_at", "-id")
    return [picture(drawing) for drawing in mine[:RECENT]]


def form(typed: dict[str, str]) -> dict:
    """The form's fields, choices and limits. Every rendering carries a key of its own."""
    models = providers.models()
    chosen = typed.get("model") or providers.default_model().name
    return {
        "prompt": typed.get("prompt", ""),
        "style": typed.get("style") or FORM_STYLE,
        "model": chosen,
        "privacy": typed.get("privacy") or "public",
        "key": str(uuid4()),
        "styles": STYLES.items(),
        "models": [(model.name, model.label, model.is_stand_in) for model in models],
        "prompt_min": PROMPT_MIN,
        "prompt_max": PROMPT_MAX,
        "price": DRAWING_PRICE,
        "ideas": IDEAS,
    }
