"""Finding people by e-mail on the command line, where % stands for anything."""

import re

from django.core.management.base import CommandError

from accounts.models import User


def matching(pattern: str) -> list[User]:
    """Everybody whose e-mail matches, oldest first. Raises CommandError where nobody does."""
    wanted = pattern.strip().lower()
    if "%" in wanted:
        parts = (re.escape(part) for part in wanted.split("%"))
        people = User.objects.filter(email__regex=f"^{'.*'.join(parts)}$")
    else:
        people = User.objects.filter(email=wanted)
    found = list(people.order_by("created_at"))
    if not found:
        raise CommandError(f"Nobody has an e-mail like {pattern}.")
    return found
