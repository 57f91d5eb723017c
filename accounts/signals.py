"""What happens to people, for the apps above."""

from django.dispatch import Signal

user_registered = Signal()
"""Sent with `user`, inside the transaction that makes the person: no wallet, no user."""

email_verified = Signal()
"""Somebody proved their mailbox, with `user`; inside the transaction that notes it."""

ticket_answered = Signal()
"""Somebody's message to us was answered, with `ticket` and `reply`; inside the transaction that
does it. The mail with the answer is on its way."""

session_ended = Signal()
"""News, after commit, with `user_id` and `session_id`: its sockets should close."""

security_noticed = Signal()
"""Something happened to an account that its owner should hear of, with `user`, `message` (a
sentence) and `about` (as in `notices`); inside the transaction that did it."""

user_deleted = Signal()
"""Sent with `user`, inside the transaction that blanks a person: what is theirs goes as well."""

user_suspended = Signal()
"""Somebody is kept out, with `user`; inside the transaction that does it. Whatever else lets them
in ends as well."""

data_wanted = Signal()
"""Sent with `user` for an export; a receiver returns an iterable of (file name, pieces), where the
pieces are bytes or text. Both are read once, in order, so that little need be in memory."""
