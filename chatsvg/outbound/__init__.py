"""Sending to addresses that people name, and never to what is ours."""

from chatsvg.outbound.errors import Failed, Refused
from chatsvg.outbound.posting import Answer, post
from chatsvg.outbound.urls import Target, read

__all__ = ["Answer", "Failed", "Refused", "Target", "post", "read"]
