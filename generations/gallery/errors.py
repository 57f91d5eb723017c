"""What can be refused about lists."""

from chatsvg.errors import Invalid


class InvalidPrivacy(Invalid):
    code = "INVALID_PRIVACY"
    title = "Invalid privacy. Must be one of: all, public, private"


class NoId(Invalid):
    title = "Invalid generation id"
