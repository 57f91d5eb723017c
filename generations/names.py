"""What the files of drawings are called: one rule, for a single one as for those in a ZIP."""

from django.utils.http import content_disposition_header
from django.utils.text import slugify

from generations.models import Generation

_WORDS_MOST = 60  # characters
_BYTES_MOST = 180  # of them; file systems take 255 for the whole name


def of(drawing: Generation, ending: str = "svg") -> str:
    """Words of the prompt, and enough of the id that no two are the same."""
    words = slugify(drawing.prompt, allow_unicode=True)[:_WORDS_MOST]
    short = words.encode()[:_BYTES_MOST].decode(errors="ignore").strip("-_")
    return f"{short or 'drawing'}-{drawing.pk.hex[-12:]}.{ending}"


def attachment(drawing: Generation, ending: str = "svg") -> str:
    """The Content-Disposition of such a file; letters beyond ASCII as RFC 6266 has them."""
    return str(content_disposition_header(True, of(drawing, ending)))
