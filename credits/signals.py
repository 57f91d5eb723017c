"""What happens to credits, for the apps above; all of it inside the transaction that does it."""

from django.dispatch import Signal

purchased = Signal()
"""Credits were paid for, with `user_id`, `amount` and `reference`, the entry's."""

given = Signal()
"""Staff gave credits, with `user_id`, `amount` and `reference`, the entry's."""

refunded = Signal()
"""Credits were given back, with `user_id`, `amount` and `reference`, the entry's."""

wallet_closed = Signal()
"""Somebody is being deleted, with `user_id`: their wallet is locked. May come again."""

available_changed = Signal()
"""There may be more or fewer credits to spend than before, with `wallet`, locked. What a hold took
is told of when it is captured or given back."""
