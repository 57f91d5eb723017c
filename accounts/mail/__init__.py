"""Mails: asked for in the transaction that they tell of, written and sent by a task."""

from accounts.mail.outbox import post

__all__ = ["post"]
