"""What each kind of mail says. A letter is written at the moment when it is sent."""

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string

from accounts.models import Mail

Context = dict[str, object]
Writer = Callable[[Mail], Context | None]


class Letter(NamedTuple):
    subject: str
    text: str
    html: str


_writers: dict[str, Writer] = {}


def kind(name: str) -> Callable[[Writer], Writer]:
    """Register what `templates/mail/<name>.txt` and `.html` are filled with.

    The writer gives the context, or None where there is nothing to say any more. A secret link is
    made there: it is stored nowhere, and a second try makes another.
    """

    def register(writer: Writer) -> Writer:
        _writers[name] = writer
        return writer

    return register


def write(mail: Mail) -> Letter | None:
    """The letter, or None where it has become needless. The first line of the text is its subject.

    Raises LookupError for a kind that nobody writes.
    """
    context = _writers[mail.kind](mail)
    if context is None:
        return None
    told = {"to": mail.to, "user": mail.user, "site": settings.PUBLIC_URL, **context}
    subject, _, text = render_to_string(f"mail/{mail.kind}.txt", told).strip().partition("\n")
    html = render_to_string(f"mail/{mail.kind}.html", {**told, "subject": subject.strip()})
    return Letter(subject.strip(), text.strip() + "\n", html)
