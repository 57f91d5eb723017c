"""The best draft as people get it, with what they should know about it."""

from generations import providers, svg
from generations.choices import STYLES
from generations.models import Job
from generations.pipeline.mending import Draft
from generations.svg.finish import finish


def present(job: Job, draft: Draft) -> svg.Sanitized:
    """The drawing as it is stored, and its notes in plain sentences."""
    drawing = draft.inspection.drawing
    assert drawing is not None  # noqa: S101  # a best draft is usable
    finished = finish(drawing.svg, prompt=job.prompt, style=job.style, key=str(job.pk))
    return svg.Sanitized(finished, (*_stand_in(job, draft), *drawing.notes, *_left(job, draft)))


def _stand_in(job: Job, draft: Draft) -> tuple[str, ...]:
    """Who drew it, where that is not the model that was asked for."""
    drawn_by = draft.attempt.model
    if job.is_test or not drawn_by or drawn_by == job.model:
        return ()
    who = "the built-in studio" if drawn_by == providers.STUDIO.name else _label(drawn_by)
    return (f"Drawn by {who} because {_label(job.model)} was not available.",)


def _label(name: str) -> str:
    return next((model.label for model in providers.models() if model.name == name), name)


def _left(job: Job, draft: Draft) -> tuple[str, ...]:
    """What is still wrong, in words for people: a fault's own sentence is for a model."""
    codes = [fault.code for fault in draft.inspection.faults]
    sentences = [_LEFT.get(code.partition("_")[0], _OTHER) for code in codes]
    return tuple(dict.fromkeys(one.format(style=STYLES[job.style]) for one in sentences))


_OTHER = "The drawing is not quite what the model was asked for."
_LEFT = {
    "style": "Not all of the drawing keeps to the style {style}.",
    "outside": "Most of the drawing lies outside its frame.",
    "unfinished": "The model's answer broke off, so parts of the drawing may be missing.",
    "bad": "Some coordinates could not be read, so parts of the drawing may be missing.",
    "lost": "The model drew parts in a way that is not allowed here; they are missing.",
}
"""By the first word of a fault's code."""
