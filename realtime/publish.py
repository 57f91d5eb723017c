"""The only writer to the channel layer.

It never fails its caller and hardly ever has it wait: a push that is lost delays a viewer, who
reads the rows.
"""

from uuid import UUID

from realtime.events import group_of_user
from realtime.layer import group_layer

MOST_HINTS = 8  # that wait: behind them wait the events


def to_user(user_id: UUID, message: dict) -> None:
    """Push a message to every socket of a person."""
    group_layer().push(group_of_user(user_id), {"type": "user.message", "message": message})


def hint_to_user(user_id: UUID, message: dict) -> None:
    """Push a large message that may be lost, unless Redis is slow to take those before it."""
    told = {"type": "user.message", "message": message}
    group_layer().push(group_of_user(user_id), told, at_most=MOST_HINTS)


def end_session(user_id: UUID, session_id: UUID) -> None:
    """Close every socket of a session that has ended."""
    told = {"type": "session.ended", "session": str(session_id)}
    group_layer().push(group_of_user(user_id), told)
