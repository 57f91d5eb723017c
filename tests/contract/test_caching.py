"""A12: what is somebody's is in no cache, whatever route tells it (CONTRACT §1.8)."""

from collections.abc import Iterator

import pytest

from tests.contract import belongings, routes
from tests.contract.asking import Asker, text_of
from tests.contract.routes import Route
from tests.contract.rules import RULES, Rule, places

pytestmark = pytest.mark.django_db(transaction=True)


def directives(reply) -> set[str]:
    return {word.strip() for word in reply.headers.get("Cache-Control", "").split(",")}


def visited(mine) -> Iterator[tuple[Route, Rule, dict]]:
    """Every route with a rule: with ids of nothing, and with the owner's own."""
    for route in routes.http():
        if rule := RULES.get(route.address):
            for values in places(route, rule):
                yield route, rule, values
            nouns = {name: noun for name, noun in rule.nouns if isinstance(noun, str)}
            if nouns:
                yield route, rule, {name: mine.ids[noun][0] for name, noun in nouns.items()}


@pytest.mark.parametrize("is_renewed", [False, True])
def test_a12_nothing_personal_is_stored_on_the_way(is_renewed):
    """As its owner, with and without a fresh access token: the cookies of a renewal go along."""
    mine = belongings.owner()
    owner = Asker("owner", mine.user, belongings.PASSWORD)
    if is_renewed:
        del owner.client.cookies["token"]
    personal = [mine.user.email, belongings.NAME, *mine.ids["session"], mine.secrets["prompt"]]
    seen = 0
    for route, rule, values in visited(mine):
        reply = owner.ask("GET", route.path(**values))
        told = [one for one in personal if one in text_of(reply).partition("\n\n")[2]]
        is_theirs = rule.kind in ("own", "owned") and reply.status_code not in (401, 405)
        if is_renewed and route.address.startswith("/api/"):
            is_theirs = False  # pages alone renew a session
        if told or is_theirs or reply.cookies:
            seen += 1
            needed = {"private", "no-store"} if told or is_theirs else {"no-store"}
            assert directives(reply) >= needed, (route.address, told)

    assert seen > 20


def test_what_is_public_may_be_stored():
    visitor = Asker("visitor")

    assert "public" in directives(visitor.ask("GET", "/samples/fox/flat.svg"))
    assert not directives(visitor.ask("GET", "/api/health")) & {"private", "no-store"}
