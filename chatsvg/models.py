"""The tables of what every app may lean on."""

from chatsvg.status.models import (  # noqa: F401
    ProcessBeat,
    StatusCheck,
    StatusDay,
    StatusIncident,
)
