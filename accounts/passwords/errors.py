"""What can be refused about a password."""

from accounts.errors import LinkSpent
from chatsvg.errors import Invalid


class BreachedPassword(Invalid):
    title = "This password appears in known data breaches. Please choose another."


class ResetLinkSpent(LinkSpent):
    title = "Invalid or expired reset token"


class WrongPassword(Invalid):
    """Of somebody who is signed in: no 401, which would tell their browser otherwise."""

    title = "Current password is incorrect"


class NoPassword(Invalid):
    title = "This account has no password yet. Set one by “Forgot password?” on the sign-in page."
