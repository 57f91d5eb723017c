"""What the page shows where drawings are made: the form's values, and the recent drawings."""

from uuid import UUID, uuid4

from credits.plans import DRAWING_PRICE
from generations import backlog, estimates, providers, remixing
from generations.choices import PROMPT_MAX, PROMPT_MIN, STYLES
from generations.errors import RemixMissing
from generations.estimates import Usual
from generations.models import Generation, Job
from generations.pictures import Picture, picture

FORM_STYLE = "minimal"  # the web form's own default (CONTRACT §7.1)
RECENT = 6
SHOWN_IN_STYLES = "fox"  # of generations.samples: one subject in all nine
LOW_CREDITS = 3  # and fewer
IDEAS = (
    "A red fox asleep",
    "Rocket leaving a small planet",
    "Shopping cart icon",
    "Cup of coffee with steam",
    "Mountain lake at sunrise",
    "A blue whale under the moon",
    "Lighthouse in a storm",
    "A green cactus in a pot",
    "Bicycle with a basket of flowers",
    "A snail in the rain",
    "Open book with stars above it",
    "A sleepy cat on a cushion",
    "Hot air balloon over hills",
    "Slice of pizza icon",
    "A robot that waters a plant",
)


def recent(user) -> dict[str, list[Picture] | bool]:
    """Their newest drawings; where there are none, whether there were."""
    mine = Generation.objects.owned_by(user).defer("svg").order_by("-created_at", "-id")
    pictures = [picture(drawing) for drawing in mine[:RECENT]]
    return {"recent": pictures, "has_drawn": bool(pictures) or has_drawn(user)}


def has_drawn(user) -> bool:
    """Whether they ever got a drawing, be it deleted by now."""
    return Job.objects.owned_by(user).filter(status=Job.Status.SUCCEEDED).exists()


def form(typed: dict[str, str], user=None, *, like: Job | None = None) -> dict:
    """The form's fields, choices and limits. Every rendering carries a key of its own. What is not
    chosen is as in the job that it is `like`.

    `is_typed` says that it begins with something: one that does not takes the tab's draft.
    """
    models = _models()
    usual = choices_of(like) if like else {}
    return {
        "prompt": typed.get("prompt", ""),
        "style": typed.get("style") or usual.get("style", FORM_STYLE),
        "model": typed.get("model") or usual.get("model", providers.default_model().name),
        "privacy": typed.get("privacy") or usual.get("privacy", "public"),
        "is_typed": bool(typed),
        "key": str(uuid4()),
        "styles": STYLES.items(),
        "subject": SHOWN_IN_STYLES,
        "models": models,
        "prompt_min": PROMPT_MIN,
        "prompt_max": PROMPT_MAX,
        "credits": credits_of(user),
        "delay": backlog.delay(),
        "ideas": IDEAS,
        "remixed": remixed(user, typed.get("remix", "")),
    }


def choices_of(job: Job) -> dict[str, str]:
    """What was chosen for a job, as the form has it; but for the words."""
    privacy = "private" if job.is_private else "public"
    return {"style": job.style, "model": job.model, "privacy": privacy}


def _models() -> list[dict[str, str]]:
    past = estimates.of_late()
    usual, failing = estimates.usual(past), estimates.failing(past)
    return [
        {
            "name": model.name,
            "label": f"{model.label} (drawn by Studio here)" if model.is_stand_in else model.label,
            "hint": _hint(model, usual.get(model.name), is_failing=model.name in failing),
        }
        for model in providers.models()
    ]


def _hint(model: providers.Model, usual: Usual | None, *, is_failing: bool) -> str:
    """What is known of a model: who draws, and how long that takes."""
    said = []
    if model == providers.STUDIO:
        said.append("Built in: it puts drawings together from icons.")
    elif model.is_stand_in:
        said.append("No key for it is set up here: the built-in Studio draws in its place.")
    if is_failing:
        said.append("It has had trouble in the last minutes.")
    elif usual:
        said.append(f"Usually {usual}.")
    return " ".join(said)


def credits_of(user) -> dict[str, int | bool] | None:
    """What the person has, and would have after one more drawing; None for visitors."""
    if user is None or not user.is_authenticated:
        return None
    available = user.wallet.available
    return {
        "price": DRAWING_PRICE,
        "after": available - DRAWING_PRICE,
        "is_short": available < DRAWING_PRICE,
        "is_low": available <= LOW_CREDITS,
    }


def remixed(user, drawing_id: str) -> Generation | None:
    """The drawing whose recipe is being changed, where this person may see it."""
    try:
        return remixing.parent(user, UUID(drawing_id)) if user and drawing_id else None
    except (RemixMissing, ValueError):
        return None
