"""What is yours is yours (P6): the API."""

import pytest

from tests.contract.crawl import crawl_part

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("name", ["stranger", pytest.param("visitor", marks=pytest.mark.ci)])
def test_nothing_of_somebody_else_is_seen_or_touched(mine, name):
    crawl_part(mine, name, "api")
