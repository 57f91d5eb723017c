"""Drawings as pages show them."""

from dataclasses import dataclass
from datetime import datetime

from generations import files, providers
from generations.choices import STYLES
from generations.models import Generation


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What every page tells of a finished drawing. `src` is for <img>."""

    id: str
    src: str
    prompt: str
    style: str
    model: str
    drawn_by: str
    is_private: bool
    kilobytes: float
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Picture(Drawn):
    """A finished drawing among others, for its own person."""

    notes: tuple[str, ...]


def model_label(name: str) -> str:
    known = {model.name: model.label for model in providers.models()}
    return known.get(name, name)


def short_label(name: str) -> str:
    """For a card in a grid, where "(built in)" has no room."""
    return model_label(name).partition(" (")[0]


def picture(drawing: Generation) -> Picture:
    return Picture(
        id=str(drawing.pk),
        src=files.page_url(drawing),
        prompt=drawing.prompt,
        style=STYLES.get(drawing.style, drawing.style),
        model=short_label(drawing.model),
        drawn_by="Studio" if drawing.provider == "studio" else model_label(drawing.model),
        is_private=drawing.is_private,
        kilobytes=drawing.size_bytes / 1000,
        notes=tuple(str(note) for note in drawing.notes),
        created_at=drawing.created_at,
    )
