"""People and jobs with dull defaults."""

from functools import cache
from itertools import count
from unittest import mock
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import services as accounts
from accounts.hashers import Argon2id
from accounts.models import User
from credits import services as credits
from generations import services
from generations.recipe import Recipe

PASSWORD = "correct horse battery"
_numbers = count(1)


@cache
def _encoded(memory_cost: int) -> str:
    return make_password(PASSWORD)


def _set_known(user: User, raw: str) -> None:
    """Everybody has the same password, and a real hash of it takes 20 ms."""
    user.password = _encoded(Argon2id.memory_cost)


def person(*, credits_left: int = 10, **fields):
    """A registered person with that many credits."""
    number = next(_numbers)
    with mock.patch.object(User, "set_password", _set_known):
        user = accounts.register(
            email=fields.pop("email", f"person{number}-{uuid4().hex[:6]}@example.com"),
            password=PASSWORD,
            name=fields.pop("name", "Ada"),
        )
    spend(user, user.wallet.balance - credits_left)
    user.wallet.refresh_from_db()
    return user


@transaction.atomic
def spend(user, amount: int) -> None:
    """Take credits away as finished jobs would; a negative amount gives some."""
    reference = f"test:{uuid4()}"
    if amount > 0:
        credits.hold(credits.lock(user.pk), amount)
        credits.capture(user.pk, amount, reference=reference)
    elif amount < 0:
        credits.grant(user.pk, -amount, reference=reference)


def recipe(**fields) -> Recipe:
    defaults = {"prompt": "a red fox asleep", "style": "flat", "model": "studio"}
    return Recipe(**{**defaults, "is_private": False, **fields})


def job(user=None, **fields):
    """A queued job of `user`."""
    return services.submit(user or person(), recipe(**fields), idempotency_key=f"key-{uuid4()}").job
