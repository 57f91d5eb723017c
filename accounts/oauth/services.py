"""Whose account an account elsewhere opens, and which of them somebody has."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import one_time
from accounts.emails import verification
from accounts.keys import services as keys
from accounts.models import Identity, Provider, Session, User
from accounts.notices import notice
from accounts.oauth import providers
from accounts.oauth.errors import (
    EmailUnverified,
    IdentityTaken,
    NotConnected,
    NoUser,
    OAuthFailed,
    OnlyWayIn,
    ProviderTaken,
    StateInvalid,
)
from accounts.oauth.profiles import Profile
from accounts.sessions import services as sessions
from accounts.signals import user_registered

TRIES = 3  # of people who come at once, all but the first find what the first made


def enter(profile: Profile, *, ip: str | None = None) -> User:
    """The person whom this identity opens: known by it, else by the verified address, else new.

    Raises NoUser where the account is closed, EmailUnverified where nobody is known by the identity
    and there is no address to go by, OAuthFailed where another identity of that provider has the
    account already.
    """
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return _known(profile) or _owner(profile) or _newcomer(profile, ip)
        except IntegrityError:
            continue  # somebody made the same at the same time: it can be seen now
    raise OAuthFailed()


@transaction.atomic
def connect(user: User, profile: Profile, *, session: Session | None = None) -> Identity:
    """Let this identity open the account of somebody who is signed in. A repeat changes nothing.

    Raises IdentityTaken where it opens another account, ProviderTaken where they have another one
    of that provider, StateInvalid where `session` has ended.
    """
    one_time.lock(user)  # whoever ends all sessions has it too: none comes in late
    if session and not Session.objects.live().filter(pk=session.pk).exists():
        raise StateInvalid()
    known = _identity(profile)
    if known and known.user_id != user.pk:
        raise IdentityTaken()
    if known:
        return known
    if user.identities.filter(provider=profile.provider).exists():
        raise ProviderTaken()
    try:
        with transaction.atomic():
            identity = _add(user, profile)
    except IntegrityError as error:
        raise IdentityTaken() from error
    notice(
        user,
        f"Your {_label(profile.provider)} account was connected: it can sign you in now.",
        about="sign-in",
    )
    return identity


@transaction.atomic
def disconnect(user: User, provider: str) -> None:
    """Raises NotConnected, or OnlyWayIn where nothing else could sign them in."""
    if provider not in Provider.values:
        raise NotConnected()
    locked = one_time.lock(user)
    identity = locked.identities.filter(provider=provider).first()
    if identity is None:
        raise NotConnected()
    others = locked.identities.exclude(pk=identity.pk)
    has_password = settings.EMAIL_AUTH_ENABLED and locked.has_usable_password()
    if not has_password and not others.filter(provider__in=providers.configured()).exists():
        raise OnlyWayIn()
    identity.delete()
    notice(
        user,
        f"Your {_label(provider)} account was disconnected: it no longer signs you in.",
        about="sign-in",
    )


def identities_of(user: User) -> list[Identity]:
    """The accounts elsewhere that open this one, the oldest first."""
    return list(user.identities.order_by("created_at", "id"))


def _identity(profile: Profile) -> Identity | None:
    known = Identity.objects.filter(provider=profile.provider, subject=profile.subject)
    return known.select_related("user").first()


def _known(profile: Profile) -> User | None:
    identity = _identity(profile)
    if identity is None:
        return None
    user = one_time.lock(identity.user)  # whoever drops identities has it too
    _require_open(user)
    still = Identity.objects.filter(pk=identity.pk)
    email = profile.email or identity.email
    return user if still.update(last_used_at=timezone.now(), email=email) else None


def _owner(profile: Profile) -> User | None:
    """The person with this address, which is proven now. May raise NoUser or OAuthFailed."""
    if not profile.email:
        raise EmailUnverified()
    user = User.objects.select_for_update(no_key=True).filter(email=profile.email).first()
    if user is None:
        return None
    _require_open(user)
    if user.email_verified_at is None:
        _take_back(user)
    if other := user.identities.filter(provider=profile.provider).first():
        if other.subject == profile.subject:
            return user  # it was added while we waited for the row
        raise OAuthFailed()
    user.avatar = user.avatar or profile.avatar
    user.save(update_fields=["avatar", "updated_at"])
    _add(user, profile)
    notice(
        user,
        f"Your {_label(profile.provider)} account was connected: it can sign you in now.",
        about="sign-in",
    )
    return user


def _take_back(user: User) -> None:
    """Leave nothing to somebody who signed up with an address that was not theirs."""
    user.set_unusable_password()
    user.save(update_fields=["password", "updated_at"])
    user.identities.all().delete()
    one_time.void(user)
    keys.revoke_all(user, because="linked")
    sessions.end_all(user, because="linked")
    verification.mark_verified(user)


def _newcomer(profile: Profile, ip: str | None) -> User:
    now = timezone.now()
    user = User(
        email=profile.email,
        name=profile.name,
        avatar=profile.avatar,
        email_verified_at=now,
        terms_accepted_at=now,
        terms_accepted_ip=ip,
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    _add(user, profile)
    user_registered.send(User, user=user)
    verification.greet(user)
    return user


def _add(user: User, profile: Profile) -> Identity:
    fields = {"subject": profile.subject, "email": profile.email}
    return user.identities.create(provider=profile.provider, **fields)


def _require_open(user: User) -> None:
    if not user.is_active or user.deleted_at:
        raise NoUser()


def _label(provider: str) -> str:
    return next((label for name, label in providers.LABELS.items() if name == provider), provider)
