"""How a request to somebody's server comes to nothing."""


class Failed(Exception):
    """No answer. `kind` is one of a closed list:

    bad_url, refused_address, resolve, connect, tls, timeout, too_large, protocol.
    """

    def __init__(self, kind: str, detail: str = ""):
        super().__init__(detail or kind)
        self.kind = kind


class Refused(Failed):
    """We do not send there. The text says why, for whoever named the address."""
