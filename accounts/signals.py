"""What happens to people, for the apps above."""

from django.dispatch import Signal

user_registered = Signal()
"""Sent with `user`, inside the transaction that makes the person: no wallet, no user."""

session_ended = Signal()
"""News, after commit, with `user_id` and `session_id`: its sockets should close."""
