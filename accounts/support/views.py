"""`/contact`: writing to us, and for the signed-in, what was written and answered."""

from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import client
from accounts.errors import TicketMissing
from accounts.guards import signed_in
from accounts.models import Ticket
from accounts.support import asked, lists, services
from chatsvg import problems, ratelimits
from chatsvg.errors import DomainError
from chatsvg.ids import parse_id
from chatsvg.paging import read_cursor
from chatsvg.ratelimits import rules
from chatsvg.ratelimits.places import place
from chatsvg.text import clean
from chatsvg.toasts import say

Type = Ticket.Type
TYPES = (
    (Type.CONTACT, "Contact", "A question about ChatSVG"),
    (Type.BUG, "Bug report", "Something does not work"),
    (Type.IDEA, "Suggestion", "An idea for ChatSVG"),
)
"""With their names, and the subject that stands there before anything was written."""
WORDS = {
    asked.NO_EMAIL: "Please give us an e-mail address, so that we can answer.",
    asked.WRONG_EMAIL: "That is no e-mail address. Please look at it again.",
    asked.EMPTY: "Please write a subject and a message.",
    asked.WRONG_TYPE: "Please choose what it is about.",
}
SENT = "/contact?sent"
SENT_COOKIE = "contact-sent"  # which message this browser has sent last
_SALT = "accounts.support.sent"
_SENT_SECONDS = 3600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request):
    if request.method == "POST":
        return _receive(request)
    if "sent" in request.GET and (ticket := _sent(request.COOKIES.get(SENT_COOKIE, ""))):
        return render(request, "accounts/contact_sent.html", _thanks(request, ticket))
    return _form(request)


def _receive(request: HttpRequest) -> HttpResponse:
    """303 to the page that thanks, where a reload sends nothing."""
    once = parse_id(request.POST.get("once", "")) or uuid4()
    user = request.user if request.user.is_authenticated else None
    device = client.device(request)
    try:
        message = asked.read(_told(request), user_agent=device["user_agent"])
        ticket = services.received(once, message, user)
        if ticket is None:
            ratelimits.take(rules.SUPPORT, place(device["ip"]))
            ticket = services.receive(
                message, user=user, ip=device["ip"], request_id=request.id, once=once
            )
    except DomainError as refusal:
        return problems.refused(_form(request, refusal), refusal)
    response = _see_other(SENT)
    response.set_cookie(
        SENT_COOKIE,
        signing.dumps(str(ticket.pk), salt=_SALT),
        max_age=_SENT_SECONDS,
        path="/contact",
        secure=settings.COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _told(request: HttpRequest) -> dict[str, object]:
    page = _page(request.POST.get("from", ""))
    return {
        **{name: request.POST.get(name, "") for name in ("type", "subject", "message", "email")},
        "contextUrl": f"{settings.PUBLIC_URL}{page}" if page else "",
    }


def _form(request: HttpRequest, refusal: DomainError | None = None) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    wanted = given.get("type", "")
    kind = wanted if wanted in Type.values else Type.CONTACT.value
    subjects = {value.value: subject for value, _, subject in TYPES}
    shown = {
        "types": [(value.value, name, subject) for value, name, subject in TYPES],
        "type": kind,
        "subject": given.get("subject") or subjects[kind],
        "typed": request.POST,
        "page": _page(given.get("from", "")),
        "once": parse_id(request.POST.get("once", "")) or uuid4(),
        "refusal": WORDS.get(str(refusal), str(refusal)) if refusal else "",
    }
    return render(request, "accounts/contact.html", shown)


def _page(text: str) -> str:
    """A path of ours, as the page that somebody came from; else nothing."""
    is_path = text.startswith("/") and not text.startswith("//") and text.isprintable()
    return asked.cut(text, 500) if is_path else ""


def _sent(token: str) -> Ticket | None:
    if not token:
        return None
    try:
        pk = signing.loads(token, salt=_SALT, max_age=_SENT_SECONDS)
    except signing.BadSignature:
        return None
    return Ticket.objects.filter(pk=pk).first()


def _thanks(request: HttpRequest, ticket: Ticket) -> dict[str, object]:
    """Whose it is sees more than who sits at the same browser."""
    is_theirs = request.user.is_authenticated and ticket.user_id == request.user.pk
    return {"number": ticket.number, "ticket": ticket if is_theirs else None}


def _see_other(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})


# --- What the signed-in wrote ---


@require_safe
@signed_in("/contact/tickets")
def tickets(request):
    try:
        page = lists.of(request.user, after=read_cursor(request.GET.get("cursor", "")))
    except DomainError as refusal:
        return problems.answer(request, refusal.status, str(refusal))
    address = f"/contact/tickets?cursor={page.next_cursor}" if page.next_cursor else ""
    return render(request, "accounts/tickets.html", {"tickets": page.tickets, "next": address})


@require_safe
@signed_in("/contact/tickets")
def ticket(request, ticket_id):
    try:
        return _conversation(request, lists.find(request.user, parse_id(ticket_id)))
    except TicketMissing as refusal:
        return problems.answer(request, refusal.status, str(refusal))


@require_POST
@signed_in("/contact/tickets")
def reply(request, ticket_id):
    try:
        found = lists.find(request.user, parse_id(ticket_id))
    except TicketMissing as refusal:
        return problems.answer(request, refusal.status, str(refusal))
    message = asked.cut(clean(request.POST.get("message", "")), asked.MESSAGE_MAX)
    if not message:
        return _conversation(request, found, "Please write something first.", status=400)
    try:
        ratelimits.take(rules.SUPPORT, place(client.address(request)))
    except DomainError as refusal:
        response = _conversation(request, found, str(refusal), typed=message)
        return problems.refused(response, refusal)
    once = parse_id(request.POST.get("once", "")) or uuid4()
    services.follow_up(found, user=request.user, message=message, once=once)
    return say(request, _see_other(f"/contact/tickets/{found.pk}#last"), "Your message was sent.")


def _conversation(
    request: HttpRequest, found: Ticket, refusal: str = "", *, typed: str = "", status: int = 200
) -> HttpResponse:
    shown = {"ticket": found, "refusal": refusal, "typed": typed, "once": uuid4()}
    return render(request, "accounts/ticket.html", shown, status=status)
