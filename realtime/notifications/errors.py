"""What can be refused about notifications."""

from chatsvg.errors import Invalid


class InvalidCursor(Invalid):
    code = "INVALID_CURSOR"
    title = "Invalid cursor"
