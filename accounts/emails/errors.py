"""What can be refused about an e-mail address."""

from chatsvg.errors import Invalid


class SameEmail(Invalid):
    title = "This is your e-mail already"


class AlreadyVerified(Invalid):
    title = "Your e-mail is verified already"


class NotAMailbox(Invalid):
    title = "Invalid email format"
