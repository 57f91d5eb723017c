"""Faults, to Sentry, where SENTRY_DSN is set. What is logged as an error becomes an event.

None of the SDK's integrations that look at requests is used, and what an event holds is written
here: nothing of a request but its id, of a person but their id, no variables of any frame.
"""

from typing import Any

from django.conf import settings

from chatsvg import logs, roles
from chatsvg.logs.secrecy import hide

_KEPT = (
    *("event_id", "timestamp", "platform", "level", "logger", "release", "environment", "sdk"),
    *("exception", "tags", "user", "logentry", "fingerprint", "type"),
)
_FRAME = ("filename", "function", "module", "lineno", "in_app")
_IDS = ("request", "job", "task", "key")


def start() -> None:
    """Report from now on, where it is wanted. For `ready`: at the start of a process."""
    if not settings.SENTRY_DSN:
        return
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        release=settings.RELEASE or None,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None),
            AtexitIntegration(callback=lambda pending, timeout: None),
            DedupeIntegration(),
        ],
        before_send=scrub,  # type: ignore[arg-type]  # an event is a dict
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        traces_sample_rate=None,
        send_client_reports=False,
        auto_session_tracking=False,
        server_name="",
    )


def stop(seconds: float = 2) -> None:
    """Send what waits to be sent, and report no more."""
    import sentry_sdk

    sentry_sdk.get_client().close(seconds)
    sentry_sdk.get_global_scope().set_client(None)


def scrub(event: dict[str, Any], hint: object) -> dict[str, Any] | None:
    """The event with what is meant to be told and nothing else; None for Django's second line about
    a fault that was told already."""
    if event.get("logger") == "django.request" and not event.get("exception"):
        return None
    kept = {name: event[name] for name in _KEPT if name in event}
    kept["tags"] = {"process": roles.mine(), **_bound()}
    if user := logs.bound().get("user"):
        kept["user"] = {"id": user}
    else:
        kept.pop("user", None)
    if "logentry" in kept:
        kept["logentry"] = {"message": hide(str(kept["logentry"].get("message", "")))}
    for one in (kept.get("exception") or {}).get("values") or ():
        one["value"] = hide(str(one.get("value") or ""))
        for frame in (one.get("stacktrace") or {}).get("frames") or ():
            for name in [name for name in frame if name not in _FRAME]:
                del frame[name]
    return kept


def _bound() -> dict[str, str]:
    return {name: value for name, value in logs.bound().items() if name in _IDS}
