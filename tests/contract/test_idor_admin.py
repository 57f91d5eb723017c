"""What is yours is yours (P6): the Django admin."""

import pytest

from tests import factories
from tests.contract.asking import METHODS, PLAIN, Asker, is_turned_away
from tests.contract.crawl import crawl_part
from tests.contract.rules import of_kind, places

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("name", ["stranger", "visitor"])
def test_nothing_of_somebody_else_is_seen_or_touched(mine, name):
    crawl_part(mine, name, "admin")


def test_stranger_is_turned_away_from_what_is_for_staff(mine):
    stranger = Asker("stranger", factories.person())
    for route, rule in of_kind("staff"):
        for values in places(route, rule):
            for method in METHODS:
                reply = stranger.ask(method, route.path(**values), PLAIN)
                assert is_turned_away(reply), (method, route.address, reply.status_code)
