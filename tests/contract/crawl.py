"""Everything is sent to a route as one asker, and what went wrong is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode

from tests import factories
from tests.contract import belongings, routes
from tests.contract.asking import (
    METHODS,
    PLAIN,
    UNSAFE,
    Asker,
    difference,
    essence,
    naming,
    text_of,
    unknown,
)
from tests.contract.routes import Route
from tests.contract.rules import ADMIN, Rule, places, rule_of


class Crawl:
    """Sends everything to every route as one asker, and keeps a list of what went wrong."""

    def __init__(self, mine: belongings.Owner, asker: Asker) -> None:
        self.mine, self.asker = mine, asker
        self.named = {"mine": naming(mine.ids), "nothing": naming(unknown(mine.ids))}
        self.before = belongings.snapshot(mine.user)
        self.standing = belongings.standing(asker.user) if asker.user else ()
        self.faults: list[str] = []
        self.sent = 0

    def compare(self, method, pair, told, *, look=True) -> None:
        """Ask for the owner's thing and for one that is not: the answers must not differ.

        `pair`: (path, fields, the ids in them) of both.
        """
        answers = []
        for path, fields, ids in pair:
            reply = self.ask(method, path, fields)
            answers.append(essence(reply, ids))
            self.keep_secret(reply, f"{path} {fields}", method)
        if look and answers[0] != answers[1]:
            self.fault(f"{method} {told}: tells that it is there: {difference(*answers)}")

    def ask(self, method, path, fields=None):
        def unchanged():
            if method in UNSAFE:
                self.look_after(f"{method} {path} {fields}")

        self.sent += 1
        reply = self.asker.ask(method, path, fields, after=unchanged)
        if reply.status_code >= 500:
            self.fault(f"{method} {path}: {reply.status_code}")
        return reply

    def look_after(self, told) -> None:
        """What is in the database once it answered, where it wrote anything there."""
        if belongings.something_is_written():
            self.compare_rows(told)

    def compare_rows(self, told) -> None:
        now = belongings.snapshot(self.mine.user)
        changed = {label for label in now if now[label] != self.before[label]}
        if changed:
            self.fault(f"{told}: changed the owner's {changed}")
        if self.asker.user and belongings.standing(self.asker.user) not in ((), self.standing):
            self.fault(f"{told}: gave the stranger what nobody gives themselves")

    def keep_secret(self, reply, sent, method) -> None:
        said = text_of(reply)
        for what, secret in self.mine.secrets.items():
            if secret in said and secret not in sent:
                self.fault(f"{method} {sent[:200]}: shows the owner's {what}")

    def fault(self, text: str) -> None:
        self.faults.append(f"{self.asker.name}: {text}")

    # what is sent to one route

    def route(self, route: Route, rule: Rule) -> None:
        for values in places(route, rule):
            path = route.path(**values)
            methods = self.methods_of(path)
            self.named_in_query(path, [method for method in methods if method not in UNSAFE])
            self.named_in_body(path, [method for method in methods if method in UNSAFE])
            if "POST" in methods:
                self.named_by_email(path, rule)
            if route.names:
                self.named_in_path(route, rule, methods)

    def methods_of(self, path: str) -> list[str]:
        """Those that are answered there at all."""
        tried = ("GET", "POST") if path.startswith(ADMIN[0]) else METHODS
        replies = {method: self.ask(method, path) for method in tried}
        return [method for method, reply in replies.items() if reply.status_code != 405]

    def named_in_query(self, path, methods) -> None:
        pair = [
            (f"{path}?{urlencode(one)}", None, list(one.values())) for one in self.named.values()
        ]
        for method in methods:
            self.compare(method, pair, f"{path}?…")

    def named_in_body(self, path, methods) -> None:
        pair = [(path, {**PLAIN, **one}, list(one.values())) for one in self.named.values()]
        for method in methods:
            self.compare(method, pair, f"{path} {{…}}")

    def named_by_email(self, path, rule) -> None:
        known = self.mine.user.email
        pair = []
        for email in (known, belongings.like(known)):
            reply = self.ask("POST", path, {**PLAIN, "email": email})
            self.keep_secret(reply, email, f"POST {path} with an e-mail")
            pair.append(essence(reply, [email]))
        if pair[0] != pair[1] and not rule.tells:
            self.fault(f"POST {path}: tells that an e-mail has an account: {difference(*pair)}")

    def named_in_path(self, route: Route, rule: Rule, methods) -> None:
        """Ids of the owner in the place of an id: all of the noun's, and one of every other."""
        nouns = {noun for _, noun in rule.nouns if isinstance(noun, str)}
        if not nouns and rule.kind != "staff":
            return
        fitting = [one for noun in nouns or {"user"} for one in self.mine.ids[noun]]
        foreign = [ids[0] for ids in self.mine.ids.values() if ids[0] not in fitting]
        few = [method for method in methods if method in ("GET", "POST", "DELETE")]
        for one in fitting:
            self.one_in_path(route, one, methods)
        for one in foreign if nouns else ():
            self.one_in_path(route, one, few)
        for one in [one for noun in nouns for one in self.mine.shown.get(noun, ())]:
            for method in methods:  # it may be seen, but nothing of its owner, and not be touched
                path = quote(route.path(**dict.fromkeys(route.names, one)))
                self.keep_secret(self.ask(method, path), path, method)

    def one_in_path(self, route: Route, one: str, methods) -> None:
        pair = [
            (quote(route.path(**dict.fromkeys(route.names, id_))), None, [id_])
            for id_ in (one, belongings.like(one))
        ]
        for method in methods:
            self.compare(method, pair, f"{route.address} with {one}")


@contextmanager
def crawling(mine: belongings.Owner, asker: Asker) -> Iterator[Crawl]:
    """A crawl by somebody, whose faults fail the test all at once."""
    crawl = Crawl(mine, asker)
    yield crawl
    assert crawl.sent
    crawl.compare_rows("all of it, on whatever connection")
    assert not crawl.faults, "\n".join([f"{len(crawl.faults)} faults", *crawl.faults[:40]])


def crawl_part(mine: belongings.Owner, name: str, part: str) -> None:
    """All routes of a part ("api", "admin" or "pages"), by a stranger or a visitor."""
    stranger = factories.person(name="Bob Stranger") if name == "stranger" else None
    with crawling(mine, Asker(name, stranger)) as crawl:
        for route in routes.http():
            if _part_of(route.address) == part and (rule := rule_of(route.address)):
                crawl.route(route, rule)


def _part_of(address: str) -> str:
    first = address.split("/")[1]
    return first if first in ("api", "admin") else "pages"
