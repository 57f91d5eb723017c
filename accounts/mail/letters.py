"""What each kind of mail says. A letter is written at the moment when it is sent."""

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.template import Context as TemplateContext
from django.template.loader import get_template, render_to_string

from accounts.models import Mail

Context = dict[str, object]
Writer = Callable[[Mail], Context | None]


class Letter(NamedTuple):
    subject: str
    text: str
    html: str


_writers: dict[str, Writer] = {}


def one_line(value: str) -> str:
    """Without line breaks: fit for a subject."""
    return " ".join(value.split())


def kind(name: str) -> Callable[[Writer], Writer]:
    """Register what `templates/mail/<name>.txt` and `.html` are filled with.

    The writer gives the context, or None where there is nothing to say any more. A secret link is
    made there: it is stored nowhere, and a second try makes another.
    """

    def register(writer: Writer) -> Writer:
        _writers[name] = writer
        return writer

    return register


def kinds() -> list[str]:
    """The names of all that can be written."""
    return sorted(_writers)


def write(mail: Mail) -> Letter | None:
    """The letter, or None where it has become needless. The first line of the text is its subject.

    Raises LookupError for a kind that nobody writes: a newer version of us may know it.
    """
    context = _writers[mail.kind](mail)
    if context is None:
        return None
    told = {
        "name": _name(mail),
        "to": mail.to,
        "site": settings.PUBLIC_URL,
        "support": settings.SUPPORT_EMAIL,
        **context,
    }
    first, _, text = _plain(f"mail/{mail.kind}.txt", told).strip().partition("\n")
    subject = one_line(first)
    html = render_to_string(f"mail/{mail.kind}.html", {**told, "subject": subject})
    return Letter(subject, text.strip() + "\n", html)


def _plain(template: str, context: Context) -> str:
    """A text, in which nothing is HTML."""
    plain = get_template(template).template  # type: ignore[attr-defined]
    return plain.render(TemplateContext(context, autoescape=False))


def _name(mail: Mail) -> str:
    """How to address them. Empty for a mailbox that nobody proved: whoever typed the address in
    has chosen the name as well, and would have us say it to a stranger."""
    user = mail.user
    known = user is not None and user.email_verified_at and user.email == mail.to
    return one_line(user.shown_name) if user is not None and known else ""
