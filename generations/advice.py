"""What a person reads where a drawing was refused or came to nothing, and what they can do next.

The contract's sentences (`generations.errors`) are for programs too, and stay as they are; these
are for pages. Every code and every refusal has an entry: a test holds the tables to that.
"""

from enum import StrEnum
from typing import NamedTuple

from chatsvg.errors import DomainError, Invalid, SignedOut, TooMany, Unavailable
from credits.plans import DRAWING_PRICE
from generations import errors
from generations.choices import PROMPT_MAX, PROMPT_MIN
from generations.models import Job


class Step(StrEnum):
    """What a page offers to do next; the first one stands out."""

    RETRY = "retry"  # the same once more, by a button
    CHANGE = "change"  # the words
    MODEL = "model"  # another one
    PLANS = "plans"
    STATUS = "status"
    TELL = "tell"  # us
    SIGN_IN = "sign-in"


class Advice(NamedTuple):
    """`field` names the field of the form that it is about. Where there is a `wait`, in seconds,
    the same can be sent again after it."""

    title: str
    text: str
    steps: tuple[Step, ...] = ()
    field: str = ""
    wait: int | None = None


_AGAIN = (Step.RETRY, Step.CHANGE)
_BROKEN = Advice(
    "The drawing could not be made",
    "Something went wrong on our side, and trying again did not help. We keep what happened.",
    (Step.RETRY, Step.TELL),
)
_NO_CREDITS = Advice(
    "You have no credits left",
    f"A drawing costs {DRAWING_PRICE} credit. What you typed stays here.",
    (Step.PLANS,),
)

ENDINGS: dict[str, Advice] = {
    "OPENAI_RATE_LIMIT": Advice(
        "The model is very busy",
        "It turned us away each time we asked. In a minute it usually goes better, and another "
        "model may be free now.",
        (Step.RETRY, Step.MODEL),
    ),
    "OPENAI_MODEL_NOT_FOUND": Advice(
        "This model is not there",
        "The service that it comes from does not know it at the moment. Another one can draw this.",
        (Step.MODEL, Step.TELL),
    ),
    "OPENAI_PERMISSION": Advice(
        "The model did not let us in",
        "That is ours to mend, not yours. Until then, another model can draw this.",
        (Step.MODEL, Step.TELL),
    ),
    "VALIDATION_ERROR": Advice(
        "No usable drawing came back",
        "The model answered, but not with a drawing that is fit to show, also when we asked it to "
        "mend it. A second try often works; so do fewer things and plainer words.",
        _AGAIN,
    ),
    "CONTENT_REJECTED": Advice(
        "The model declined to draw this",
        "It has rules of its own about what it draws. Other words, or another subject, may do.",
        (Step.CHANGE, Step.MODEL),
    ),
    "TIMEOUT": Advice(
        "The drawing took too long",
        "We stop after two minutes, so that you do not wait for nothing. Something simpler is "
        "drawn sooner.",
        _AGAIN,
    ),
    "WORKER_LOST": Advice(
        "The drawing was interrupted",
        "What drew it went away in the middle, more than once. Your words are all still here.",
        _AGAIN,
    ),
    "STORAGE_UNAVAILABLE": Advice(
        "The drawing could not be stored",
        "Our storage does not answer. That seldom lasts.",
        (Step.RETRY, Step.STATUS),
    ),
    "CANCELED": Advice("You canceled this drawing", "", _AGAIN),
    "GENERATION_FAILED": _BROKEN,
    # the contract's other codes: no job ends with them here, those brought from elsewhere may have
    "UNKNOWN_ERROR": _BROKEN,
    "DATABASE_ERROR": _BROKEN,
    "REDIS_DOWN": _BROKEN,
    "ENQUEUE_FAILED": _BROKEN,
    "INSUFFICIENT_CREDITS": _NO_CREDITS,
}

REFUSALS: dict[type[DomainError], Advice] = {
    errors.BadPrompt: Advice(
        "What shall we draw?",
        f"Describe it in {PROMPT_MIN} characters or more.",
        field="prompt",
    ),
    errors.PromptTooShort: Advice(
        "A little more, please",
        f"With {PROMPT_MIN} characters or more we know what to draw: say what it is, and how it "
        "looks.",
        field="prompt",
    ),
    errors.PromptTooLong: Advice(
        "That is too long",
        f"Up to {PROMPT_MAX} characters can be drawn. Keep what matters most.",
        field="prompt",
    ),
    errors.PromptForbidden: Advice(
        "There is code in it",
        "Text such as <script>, javascript: or eval( cannot be part of a description. Say in "
        "plain words what is to be seen.",
        field="prompt",
    ),
    errors.PromptRejected: Advice("This is not drawn here", "{said}", field="prompt"),
    errors.BadStyle: Advice("Which style?", "Please choose one of the nine.", field="style"),
    errors.BadModel: Advice(
        "This model is not offered here", "Please choose one of those in the list.", field="model"
    ),
    errors.RemixMissing: Advice(
        "What you remix is gone",
        "It was deleted or made private meanwhile. Press Generate again, and this is drawn as a "
        "drawing of its own.",
    ),
    errors.CannotPay: _NO_CREDITS,
    errors.DailyLimit: Advice(
        "That was it for today",
        "Your plan allows {limit} drawings a day. The next day begins at midnight UTC, in {wait}.",
        (Step.PLANS,),
    ),
    errors.MonthlyQuota: Advice(
        "That was it for this month",
        "Your plan allows {limit} drawings a month. The next month begins in {wait}.",
        (Step.PLANS,),
    ),
    errors.TooManyUnderWay: Advice(
        "Enough is under way for now",
        "Up to {limit} drawings may be under way at once. As soon as one has ended, or you cancel "
        "one, this can start.",
    ),
    TooMany: Advice(
        "That was quick", "A short rest, please: so many at once are too many.", wait=0
    ),
    errors.KeyReused: Advice(
        "This form was sent before",
        "With other words, perhaps in another tab. Press Generate again, and this one is drawn.",
    ),
    errors.NotModerated: Advice(
        "We cannot look at it right now",
        "What is asked for is checked before it is drawn, and the check does not answer. Please "
        "try again in a minute.",
        (Step.STATUS,),
    ),
    errors.TooBusy: Advice(
        "Very many drawings are waiting",
        "So that those get done, the free plan takes no new ones for the moment. What you typed "
        "stays here, and nothing was charged.",
        (Step.PLANS, Step.STATUS),
        wait=0,
    ),
    SignedOut: Advice(
        "You are signed out", "Sign in, and go on: what you typed is kept.", (Step.SIGN_IN,)
    ),
    Unavailable: Advice(
        "That is not possible at the moment", "Please try again in a minute.", (Step.STATUS,)
    ),
    Invalid: Advice("That cannot be used", "{said}"),
    DomainError: Advice("That was refused", "{said}"),
}
"""The nearest class counts. `{said}` is the refusal's own sentence."""

RETURNED = {
    Job.Charge.RELEASED: "You were not charged.",
    Job.Charge.REFUNDED: "You were not charged: the credit came back.",
    Job.Charge.CAPTURED: "",
    Job.Charge.HELD: "",
    Job.Charge.FREE: "Tests cost nothing.",
}
"""What became of the credit, by what the job's row says of it."""


def of_ending(job: Job) -> Advice | None:
    """For a job that ended without a drawing; None for any other."""
    if not job.has_ended or not job.error_code:
        return None
    return ENDINGS.get(job.error_code, _BROKEN)


def of_refusal(refusal: DomainError) -> Advice:
    """For what was asked for and refused."""
    known = next(REFUSALS[kind] for kind in type(refusal).__mro__ if kind in REFUSALS)
    seconds = getattr(refusal, "retry_after", None) or 0
    facts = {"said": str(refusal), "limit": refusal.extra.get("limit"), "wait": spell(seconds)}
    wait = None if known.wait is None else seconds
    return known._replace(text=known.text.format(**facts), wait=wait)


def spell(seconds: int) -> str:
    """So much time, in one unit that is easy to read."""
    for length, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 1.5 * length:
            count = round(seconds / length)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return f"{seconds} s"
