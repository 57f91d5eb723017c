"""Changing an e-mail address: asked for with the password, done by a link in the new mailbox."""

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from accounts import mail, one_time
from accounts.emails.errors import NotAMailbox, SameEmail
from accounts.emails.verification import MAILS, mark_verified
from accounts.errors import EmailTaken
from accounts.models import User
from accounts.passwords.services import confirm
from accounts.signals import security_noticed
from accounts.validation import is_mailbox
from chatsvg import ratelimits

CHANGED = "The e-mail address of your account was changed."


def ask_change(user: User, *, password: str, new_email: str) -> None:
    """Send a link to the new address; nothing is changed until it is opened.

    Raises WrongPassword, NoPassword, SameEmail, EmailTaken, NotAMailbox or TooMany.
    """
    if not is_mailbox(new_email):
        raise NotAMailbox()
    known = confirm(user, password)
    if new_email == known.email:
        raise SameEmail()
    if User.objects.filter(email=new_email).exists():
        raise EmailTaken()
    ratelimits.take(MAILS, user.pk)
    mail.post("email_change_confirm", to=new_email, user=user, since=state(known))


def confirm_change(raw: str) -> User:
    """Change the address, by the link that was sent to it; the old mailbox is told.

    Raises LinkSpent, or EmailTaken where somebody else was quicker; then nothing has changed.
    """
    try:
        with transaction.atomic():
            return _change(raw)
    except IntegrityError as error:
        raise EmailTaken() from error


def _change(raw: str) -> User:
    token = one_time.use(raw, one_time.Purpose.CHANGE_EMAIL)
    user, old = token.user, token.user.email
    user.email = token.email
    user.save(update_fields=["email", "updated_at"])
    mark_verified(user)
    one_time.void(user)
    mail.post("email_changed", to=old, user=user)
    security_noticed.send(User, user=user, message=CHANGED, about="sign-in")
    return user


def state(user: User) -> str:
    """Differs when the password or the address was changed: what was asked before is void then."""
    return salted_hmac("accounts.emails", f"{user.email} {user.password}").hexdigest()
