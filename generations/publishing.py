"""Drawings that become public, or private again. The caller's transaction holds the row."""

from generations.gallery import gaps, news
from generations.models import Generation


def show(drawing: Generation) -> None:
    if drawing.is_private:
        _change(drawing, is_private=False)


def hide(drawing: Generation) -> None:
    """Its stable address opens nothing from now on, and pages of the gallery that ended at it go
    on after its place."""
    if not drawing.is_private:
        gaps.leave([drawing])
        _change(drawing, is_private=True)


def _change(drawing: Generation, *, is_private: bool) -> None:
    drawing.is_private = is_private
    drawing.save(update_fields=["is_private"])
    news.changed([(drawing.style, drawing.model)])
