"""What the account page shows."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from accounts.models import Export, OAuthGrant, Session, User
from accounts.oauth import providers
from accounts.oauth import services as oauth
from accounts.oauth.errors import sentence
from accounts.oauth_server import grants, scopes
from accounts.profile import devices, exports
from accounts.sessions import services as sessions
from chatsvg.errors import DomainError

DONE = {
    "name": ("profile", "Your name was changed."),
    "avatar": ("profile", "Your picture was changed."),
    "no-avatar": ("profile", "Your picture was removed."),
    "email": ("signin", "We sent a link to the new address. Open it to change your e-mail."),
    "verify": ("signin", "We sent you a link. Open it to verify your e-mail."),
    "proof": ("signin", "Thank you. You can connect an account now, for 10 minutes."),
    "password": ("signin", "Your password was changed, and other devices were signed out."),
    "disconnected": ("signin", "The account was disconnected."),
    "device": ("devices", "The device was signed out."),
    "devices": ("devices", "All other devices were signed out."),
    "app": ("apps", "The app was disconnected."),
    "export": (
        "data",
        "We are putting your data together. We will send you a mail when it is ready.",
    ),
}
"""What was done, as the page's address says it: the section where it is told, and the sentence."""


@dataclass(frozen=True)
class Device:
    id: str
    name: str
    ip: str
    last_used_at: datetime
    created_at: datetime
    is_current: bool


@dataclass(frozen=True)
class Connection:
    """A provider, and the account there that is connected, if one is."""

    name: str
    label: str
    email: str
    is_connected: bool


@dataclass(frozen=True)
class App:
    """An app that was connected, and what it may do."""

    id: str
    name: str
    may: str
    last_used_at: datetime
    created_at: datetime


@dataclass(frozen=True)
class Archive:
    id: str
    status: str
    created_at: datetime
    expires_at: datetime | None
    size_bytes: int
    is_there: bool


def context(request: HttpRequest, *, form: str = "", refusal: DomainError | None = None) -> dict:
    """Everything on the page. `form` is the one that was refused: it keeps what was typed."""
    current: Session = request.session_of_person  # type: ignore[attr-defined]
    user = current.user
    section, done = DONE.get(request.GET.get("done", ""), ("", ""))
    error = request.GET.get("error")
    connections = _connections(user)
    return {
        "form": form,
        "refusal": str(refusal) if refusal else "",
        "typed": request.POST if form else {},
        "done": done,
        "done_section": section,
        "connect_error": sentence(error) if error else "",
        "devices": [_device(one, current) for one in sessions.live_sessions(user)],
        "connections": connections,
        "could_connect": not all(one.is_connected for one in connections),
        "may_connect": sessions.is_fresh(current),
        "connected_apps": [_app(one) for one in grants.of(user)],
        "archives": [_archive(one) for one in exports.of(user)],
        "export_failed": exports.FAILED,
        "has_password": user.has_usable_password(),
        "email_auth": settings.EMAIL_AUTH_ENABLED,
    }


def _device(session: Session, current: Session) -> Device:
    return Device(
        id=str(session.pk),
        name=devices.name(session.user_agent),
        ip=session.ip_address or "",
        last_used_at=session.last_used_at,
        created_at=session.created_at,
        is_current=session.pk == current.pk,
    )


def _connections(user: User) -> list[Connection]:
    """What is connected, also where it is configured no more; then what could be."""
    mine = {one.provider: one for one in oauth.identities_of(user)}
    known = [*mine, *(name for name in providers.configured() if name not in mine)]
    labels = {name.value: label for name, label in providers.LABELS.items()}
    return [
        Connection(
            name=name,
            label=labels.get(name, name),
            email=mine[name].email if name in mine else "",
            is_connected=name in mine,
        )
        for name in known
    ]


def _app(grant: OAuthGrant) -> App:
    return App(
        id=str(grant.pk),
        name=grant.client.name,
        may=scopes.told(grant.scopes),
        last_used_at=grant.last_used_at,
        created_at=grant.created_at,
    )


def _archive(export: Export) -> Archive:
    return Archive(
        id=str(export.pk),
        status=export.status,
        created_at=export.created_at,
        expires_at=export.expires_at,
        size_bytes=export.size_bytes,
        is_there=exports.is_there(export),
    )
