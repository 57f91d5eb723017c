import pytest

from accounts.keys import asked, services
from credits import services as credits
from credits.models import Plan
from tests import factories


@pytest.fixture
def supporter(db):
    """A person whose plan carries live keys."""
    user = factories.person()
    credits.set_plan(user.pk, Plan.SUPPORTER, reason="test")
    user.wallet.refresh_from_db()
    return user


@pytest.fixture
def make():
    """make(user, environment=…, ipWhitelist=…): a key and its only copy."""

    def made(user, name="Key of the test", **fields):
        return services.create(user, asked.key({"name": name, **fields}))

    return made
