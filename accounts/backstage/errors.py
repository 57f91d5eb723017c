"""What can be refused on the way backstage."""

from chatsvg.errors import Forbidden, SignedOut


class NotBackstage(SignedOut):
    title = "Administrator access required"


class OriginRefused(Forbidden):
    title = "Origin not allowed"
