"""Sending to addresses that people name, and never to what is ours."""

from typing import TYPE_CHECKING, Any

from chatsvg.outbound.errors import Failed, Refused
from chatsvg.outbound.urls import Target, read

if TYPE_CHECKING:
    from chatsvg.outbound.posting import Answer, post

__all__ = ["Answer", "Failed", "Refused", "Target", "post", "read"]


def __getattr__(name: str) -> Any:
    """Who only reads addresses needs no HTTP client: it is loaded by the first that is sent to."""
    if name not in ("Answer", "post"):
        raise AttributeError(name)
    from chatsvg.outbound import posting

    return getattr(posting, name)
