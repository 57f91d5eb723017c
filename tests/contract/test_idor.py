"""What is yours is yours (P6): every route, every method, somebody else and a visitor.

The routes come from the URL configuration; RULES says what each of them owes to whom. Timing is
not looked at. The crawls themselves are in `test_idor_api`, `_pages`, `_admin`, `_programs` and
`_live`.
"""

import pytest
from django.apps import apps
from django.db import transaction

from realtime.models import Notification
from tests import factories
from tests.contract import belongings, routes
from tests.contract.asking import METHODS, PLAIN, Asker, is_turned_away
from tests.contract.crawl import crawling
from tests.contract.rules import LIVE, RULES, STAFF, of_kind, places, rule_of

pytestmark = pytest.mark.django_db(transaction=True)

HOW_TO = """
These routes have no rule in RULES (tests/contract/rules.py): {}
Say there what each one owes to strangers: PUBLIC, OWN, owned(argument="noun"), NEWCOMER, STAFF,
PROGRAM or Rule("secret"); `Rule` explains them. If it shows a new kind of object, give the owner
one in tests/contract/belongings.py.
"""


# --- The table is whole ---------------------------------------------------------------------------


def test_every_route_has_a_rule():
    without = [route.address for route in routes.http() if rule_of(route.address) is None]
    without += [one.address for one in routes.live() if one.address not in LIVE]

    assert not without, HOW_TO.format(", ".join(without))


def test_no_rule_is_left_over():
    known = {route.address for route in routes.http()}

    assert set(RULES) <= known
    assert set(LIVE) == {one.address for one in routes.live()}


def test_every_argument_has_a_noun():
    for route in routes.http():
        rule = rule_of(route.address)
        if rule and rule is not STAFF:
            assert set(route.names) == {name for name, _ in rule.nouns}, route.address


def test_owner_has_one_of_everything(db):
    mine = belongings.owner()
    everything = {
        model for label in belongings.APPS for model in apps.get_app_config(label).get_models()
    }
    owned_models = belongings.owned_models()

    nobodys = {model._meta.label for model in everything - set(owned_models)}
    assert nobodys == belongings.SHARED
    empty = [
        model._meta.label
        for model, lookup in owned_models.items()
        if not belongings.rows_of(mine.user.pk, model, lookup).exists()
    ]
    assert not empty, f"give the owner a row of each in tests/contract/belongings.py: {empty}"


# --- What each kind of rule promises --------------------------------------------------------------


def test_visitor_is_turned_away_from_what_is_somebodys(mine):
    visitor = Asker("visitor")
    for route, rule in of_kind("own", "owned", "staff"):
        for values in places(route, rule):
            for method in METHODS:
                if method != "OPTIONS":
                    reply = visitor.ask(method, route.path(**values), PLAIN)
                    assert is_turned_away(reply), (method, route.address, reply.status_code)


def test_owner_finds_what_is_theirs(mine):
    """The crawl would find nothing if its ids led nowhere: to their owner they lead somewhere."""
    owner = Asker("owner", mine.user, belongings.PASSWORD)
    for route, rule in of_kind("owned"):
        statuses = set()
        for method in ("GET", "POST", "DELETE"):
            for one in [one for _, noun in rule.nouns for one in mine.ids[noun]]:
                reply = owner.ask(method, route.path(**dict.fromkeys(route.names, one)), PLAIN)
                statuses.add(reply.status_code)
                assert reply.status_code < 500, (method, route.address)
        assert statuses & {200, 201, 202, 204, 302, 303}, (route.address, statuses)


def test_stranger_and_visitor_reach_what_is_public(mine):
    for asker in (Asker("visitor"), Asker("stranger", factories.person())):
        for route, rule in of_kind("public"):
            for values in places(route, rule):
                replies = [asker.ask(method, route.path(**values), PLAIN) for method in METHODS]
                statuses = {reply.status_code for reply in replies}
                assert not statuses & {401}, (asker.name, route.address, statuses)


def test_stranger_does_what_is_their_own(mine):
    stranger = Asker("stranger", factories.person())
    for route, rule in of_kind("own"):
        for values in places(route, rule):
            for method in METHODS:
                reply = stranger.ask(method, route.path(**values), PLAIN)
                assert reply.status_code != 401, (method, route.address)


# --- The crawl itself -----------------------------------------------------------------------------


def test_crawl_sees_what_was_written(mine):
    with crawling(mine, Asker("visitor")) as crawl, transaction.atomic():
        crawl.ask("GET", "/")
        crawl.look_after("a route")
        assert crawl.faults == []

        Notification.objects.filter(user=mine.user).update(message="of a stranger")
        crawl.look_after("a route")

        assert "changed the owner's {'realtime.Notification'}" in crawl.faults.pop()
        transaction.set_rollback(True)
