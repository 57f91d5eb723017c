"""Expected refusals, by category. Apps subclass these; `chatsvg.problems` puts them on the wire."""

from http import HTTPStatus


class DomainError(Exception):
    """An expected refusal. `code` is public and stable; the text is for people.

    `code` goes out as `errorCode` where it is not empty; `extra` members go out beside it.
    `retry_after`, where it says when to come again, is in whole seconds.
    """

    code = ""
    status = HTTPStatus.BAD_REQUEST
    title = "The request could not be carried out."

    def __init__(self, detail: str = "", *, retry_after: int | None = None, **extra: object):
        super().__init__(detail or self.title)
        self.retry_after = retry_after
        self.extra = extra

    @property
    def headers(self) -> dict[str, str]:
        """Response headers that belong to the refusal."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


class Invalid(DomainError):
    """400: what was sent cannot be used."""


class SignedOut(DomainError):
    """401: nobody is signed in, or no longer."""

    status = HTTPStatus.UNAUTHORIZED
    title = "Invalid token"


class PaymentRequired(DomainError):
    status = HTTPStatus.PAYMENT_REQUIRED


class Forbidden(DomainError):
    status = HTTPStatus.FORBIDDEN


class Missing(DomainError):
    """404: not there, or not yours."""

    status = HTTPStatus.NOT_FOUND
    title = "Not found"


class Conflict(DomainError):
    status = HTTPStatus.CONFLICT


class TooMany(DomainError):
    status = HTTPStatus.TOO_MANY_REQUESTS


class Unavailable(DomainError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
