"""Text to SVG: a client of ChatSVG's `/v1`.

`Client` and `AsyncClient` have the same methods. Everything they raise is a ChatSVGError.
"""

from chatsvg_client.awaited import AsyncClient
from chatsvg_client.blocking import Client
from chatsvg_client.errors import (
    AuthenticationError,
    ChatSVGError,
    Conflict,
    ConnectionFailed,
    InsufficientCredits,
    InvalidRequest,
    InvalidSignature,
    JobFailed,
    NotFound,
    PermissionDenied,
    RateLimited,
    ServerError,
    Timeout,
)
from chatsvg_client.results import (
    Attempt,
    Credits,
    Delivery,
    Drawing,
    Estimate,
    Job,
    KeyUsage,
    Limits,
    Model,
    NewSecret,
    Progress,
    Style,
    Usage,
    Webhook,
    WebhookEvent,
)
from chatsvg_client.webhooks import verify_webhook

__all__ = [
    "AsyncClient",
    "Attempt",
    "AuthenticationError",
    "ChatSVGError",
    "Client",
    "Conflict",
    "ConnectionFailed",
    "Credits",
    "Delivery",
    "Drawing",
    "Estimate",
    "InsufficientCredits",
    "InvalidRequest",
    "InvalidSignature",
    "Job",
    "JobFailed",
    "KeyUsage",
    "Limits",
    "Model",
    "NewSecret",
    "NotFound",
    "PermissionDenied",
    "Progress",
    "RateLimited",
    "ServerError",
    "Style",
    "Timeout",
    "Usage",
    "Webhook",
    "WebhookEvent",
    "verify_webhook",
]
