"""What people may do about their profile."""

from django.db import transaction

from accounts import one_time
from accounts.models import User


@transaction.atomic
def rename(user: User, name: str) -> User:
    """Call somebody by another name, which `validation.name` has seen."""
    owner = one_time.lock(user)
    if owner.is_active:
        owner.name = name
        owner.save(update_fields=["name", "updated_at"])
    return owner
