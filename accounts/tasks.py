"""Names that the broker knows."""

from uuid import UUID

from celery import shared_task

from accounts import one_time
from accounts.backstage import services as backstage
from accounts.keys import examples, replies, usage
from accounts.mail import outbox
from accounts.oauth import states as oauth_states
from accounts.oauth_server import upkeep as oauth_server
from accounts.profile import deletion, exports
from accounts.sessions import services as sessions


@shared_task(name=outbox.TASK)
def send_mail(mail_id: str) -> None:
    """Send a mail, unless it was sent or somebody is at it."""
    outbox.send(UUID(mail_id))


@shared_task(name="accounts.send_due_mails")
def send_due_mails() -> None:
    """Send what was left behind by a lost message or a mail server that was away."""
    outbox.send_due()


@shared_task(name="accounts.purge_mails")
def purge_mails() -> None:
    """Forget mails that ended long ago, and links that have long been useless."""
    outbox.purge()
    one_time.purge()
    backstage.purge()


@shared_task(name="accounts.purge_sessions")
def purge_sessions() -> None:
    """Forget sessions that ended long ago. They were kept to find stolen tokens."""
    sessions.purge()


@shared_task(name="accounts.purge_oauth_states")
def purge_oauth_states() -> None:
    """Forget sign-ins elsewhere that nobody finished in time."""
    oauth_states.purge()


@shared_task(name="accounts.purge_oauth_server")
def purge_oauth_server() -> None:
    """Forget codes, tokens, grants and apps that have been of no use for long."""
    oauth_server.purge()


@shared_task(name=exports.TASK)
def build_export(export_id: str) -> None:
    """Put somebody's data together, unless somebody is at it."""
    exports.build(UUID(export_id))


@shared_task(name="accounts.build_due_exports")
def build_due_exports() -> None:
    """Make the exports that a lost message, a dead worker or a failure left behind."""
    exports.build_due()


@shared_task(name="accounts.purge_exports")
def purge_exports() -> None:
    """Delete the exports that have expired."""
    exports.purge()


@shared_task(name="accounts.forget_late")
def forget_late() -> None:
    """Forget what came in of people while they were deleted, and their last mail."""
    deletion.forget_late()


@shared_task(name="accounts.roll_up_key_usage")
def roll_up_key_usage() -> None:
    """Count the requests of programs by day, once each was kept for long enough."""
    usage.roll_up()


@shared_task(name="accounts.purge_replies")
def purge_replies() -> None:
    """Forget what programs were answered, a day after that."""
    replies.purge()


@shared_task(name="accounts.retire_example_keys")
def retire_example_keys() -> None:
    """End the keys that the docs made, once their hour is over."""
    examples.retire()
