"""Whoever walks through the pages, with things of their own to see there."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.e2e.walk.places import PERSON, STAFF, SUPPORTER, VISITOR
from tests.faults.people import Person
from tests.model_server import Behaviour

POEM = "I would rather write you a poem."
PROMPTS = ("a red fox asleep under a maple tree", "a lighthouse at dusk, its beam over the water")
PLAN = """UPDATE credits_wallet SET plan = 'SUPPORTER' FROM accounts_user person
          WHERE user_id = person.id AND email = %s RETURNING plan"""
PROMOTE = """UPDATE accounts_user SET is_staff = true, is_superuser = true WHERE email = %s
             RETURNING is_staff"""
ROWS = """SELECT person.id AS person, ticket.id AS ticket, wallet.user_id AS wallet,
          job.id AS job
          FROM accounts_user person
          JOIN accounts_ticket ticket ON ticket.user_id = person.id
          JOIN credits_wallet wallet ON wallet.user_id = person.id
          JOIN generations_job job ON job.user_id = person.id
          WHERE person.email = %s ORDER BY job.created_at LIMIT 1"""
CALLBACK = "https://app.example.com/callback"


@dataclass
class People:
    """By the names of `places`; `ids` fill the addresses."""

    by_name: dict[str, Person | None]
    ids: dict[str, str]

    @contextmanager
    def window(self, chromium, url: str, name: str):
        """A browser of one of them."""
        context = chromium.new_context(base_url=url)
        context.set_default_timeout(15_000)
        if person := self.by_name[name]:
            jar = [{"name": one, "value": text, "url": url} for one, text in person.cookies.items()]
            context.add_cookies(jar)
        yield context
        context.close()


def settle(stack) -> People:
    """People as they are after some days: with drawings, a failure, a key, a ticket."""
    person, supporter, staff = stack.person(), stack.person(), stack.person()
    stack.rows(PLAN, supporter.email)
    drawing, private = _draw(stack, person)
    _draw(stack, supporter)
    for one in (person, supporter):
        assert one.post("/keys", {"name": "My website", "environment": "test"}).status == 201
    webhook = person.post("/webhooks", {"url": "https://example.com/drawn"})
    assert webhook.status == 201, webhook.body
    written = {"type": "bug", "subject": "The fox has five legs", "message": "One is too many."}
    assert person.post("/support/contact", written).status in (200, 201)
    (row,) = stack.rows(ROWS, person.email)
    stack.rows(PROMOTE, staff.email)
    return People(
        {VISITOR: None, PERSON: person, SUPPORTER: supporter, STAFF: staff},
        {"drawing": drawing, "private": private, "consent": _consent(person)}
        | {"webhook": webhook.json["webhook"]["id"]}
        | {name: str(value) for name, value in row.items()},
    )


def _draw(stack, person: Person) -> list[str]:
    """The ids of a public drawing and a private one; a third job fails."""
    jobs = [person.ask(prompt=PROMPTS[0]), person.ask(prompt=PROMPTS[1], privacy=True)]
    assert stack.wait_ended(*jobs) == ["SUCCEEDED"] * 2
    stack.model.default = Behaviour(answer=POEM)
    assert stack.wait_ended(person.ask(prompt="a poem about a fox")) == ["FAILED"]
    stack.model.reset()
    return [str(stack.job(job)["generation_id"]) for job in jobs]


def _consent(person: Person) -> str:
    """Where an app sends somebody who is to connect it."""
    app = {
        "client_name": "Clever App",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
    }
    headers = {"Content-Type": "application/json"}
    request = Request(f"{person.url}/oauth/register", json.dumps(app).encode(), headers)
    with urlopen(request) as reply:
        told = json.load(reply)
    asked = {
        "response_type": "code",
        "client_id": told["client_id"],
        "redirect_uri": CALLBACK,
        "scope": "svg:generate svg:read",
        "state": "the state",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
        "resource": f"{person.url}/mcp",
    }
    return f"/oauth/authorize?{urlencode(asked)}"
