"""The letters that belong to no single part: security notices, and what people write to us."""

from accounts.mail.letters import Context, kind, one_line
from accounts.models import Mail
from accounts.profile import devices

TAGS = {"contact": "MESSAGE", "bug": "BUG", "idea": "IDEA"}


@kind("security")
def security(mail: Mail) -> Context:
    """Something happened to an account. Context: `message` (a sentence); `device` (a user agent)
    and `ip` if they are known."""
    told = mail.context
    device = devices.name(str(told["device"])) if told.get("device") else ""
    return {
        "message": told["message"],
        "device": "" if device == devices.UNKNOWN else device,
        "ip": told.get("ip", ""),
        "at": mail.created_at,
    }


@kind("support_inbox")
def support_inbox(mail: Mail) -> Context:
    """What somebody wrote to us. Context: `type`, `subject`, `message`, `reply_to` and `facts`, a
    list of [label, value]: who and from where, as far as we know."""
    return {**mail.context, **_told(mail)}


@kind("support_received")
def support_received(mail: Mail) -> Context:
    """Thanks for it. Context: `type`, `subject`.

    Only who has proved the mailbox sees words of theirs again: a stranger would get them from us.
    """
    user = mail.user
    is_theirs = user is not None and user.email == mail.to and bool(user.email_verified_at)
    return {**_told(mail), "echo": is_theirs}


def _told(mail: Mail) -> Context:
    subject = one_line(str(mail.context.get("subject", "")))
    return {"tag": TAGS.get(str(mail.context.get("type")), "MESSAGE"), "about": subject}
