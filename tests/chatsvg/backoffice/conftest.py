import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_kept():
    """Figures are kept for a minute: not from one test to the next."""
    cache.clear()
    yield
    cache.clear()
