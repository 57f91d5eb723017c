"""The people that a development database begins with."""

import secrets

from django.db import transaction

from accounts.services import ensure_user
from credits import services as credits

DEMO_EMAIL, DEMO_PASSWORD, DEMO_NAME = "test@example.com", "Password123!", "TEST_USER"
DEMO_CREDITS = 50
STAFF_EMAIL = "admin@example.com"


@transaction.atomic
def ensure_demo_users() -> str | None:
    """Make the demo user and the staff user where they are missing.

    Returns the staff user's password when it was made now: it is stored nowhere in clear.
    """
    user, created = ensure_user(DEMO_EMAIL, password=DEMO_PASSWORD, name=DEMO_NAME)
    if created:
        missing = DEMO_CREDITS - credits.lock(user.pk).balance
        credits.grant(user.pk, missing, reference=f"demo:{user.pk}", reason="Demo")
    password = secrets.token_urlsafe(12)
    _, created = ensure_user(STAFF_EMAIL, password=password, name="ADMIN", staff=True)
    return password if created else None
