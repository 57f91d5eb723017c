"""CONTRACT §13, checks 10 to 13 and 20: what one has, what all have, and what it costs."""

import http.client
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.acceptance.react import ORIGIN, React

pytestmark = pytest.mark.slow
STYLES = "outline filled minimal modern flat gradient line-art 3d cartoon".split()
MODELS = ["gpt-5.2-2025-12-11", "gpt-5-mini-2025-08-07"]


def test_check_10_history_has_what_was_drawn_until_it_is_deleted(stack, react):
    done = react.draw(prompt="a red fox asleep", privacy=True)["job"]
    drawing = done["generationId"]

    [card] = react.history(limit="50")
    assert (card["id"], card["prompt"], card["privacy"]) == (drawing, "a red fox asleep", True)
    picture = visit(stack, card["svgUrl"])
    assert (picture.status, picture.headers["access-control-allow-origin"]) == (200, "*")
    assert react.get(f"/svg/{drawing}/source").json["svg"] == picture.body.decode()
    file = visit(stack, react.get(f"/svg/{drawing}/download").json["downloadUrl"])
    assert file.headers["content-type"].startswith("image/svg+xml")

    stranger = React(stack.url).register()
    for path in (f"/svg/{drawing}/source", f"/svg/{drawing}/download"):
        assert stranger.get(path).status == 404
    assert stranger.delete(f"/user/generations/{drawing}").status == 404

    gone = react.delete(f"/user/generations/{drawing}")
    assert (gone.status, gone.json) == (200, {"success": True})
    assert react.history() == []
    assert react.delete(f"/user/generations/{drawing}").status == 404
    assert visit(stack, card["svgUrl"]).status == 404
    copy = stack.home.root / "files" / f"users/{done_by(stack, done)}/jobs/{done['id']}/chatsvg.svg"
    assert stack.wait_for(lambda: not copy.exists(), 15)


def test_check_11_gallery_has_what_is_public(stack, react):
    assert stack.manage("set_plan", react.email, "SUPPORTER", "--reason", "check").returncode == 0
    assert stack.manage("grant_credits", react.email, "20", "--reason", "check").returncode == 0
    public = {
        style: react.ask(prompt=f"a public {style} fox", style=style, model=MODELS[i % 2])
        for i, style in enumerate(STYLES)
    }
    private = react.ask(prompt="a private fox", style="flat", model=MODELS[0], privacy=True)
    assert stack.wait_ended(*public.values(), private, seconds=30) == ["SUCCEEDED"] * 10
    drawn = {style: react.job(job).json["job"]["generationId"] for style, job in public.items()}
    hidden = react.job(private).json["job"]["generationId"]
    visitor = React.opened(stack.url)

    def gallery(**query: str) -> set[str]:
        return {one["id"] for one in visitor.pages("/svg/public", "publicGenerations", **query)}

    assert stack.wait_for(lambda: set(drawn.values()) <= gallery(), 10)
    assert hidden not in gallery(limit="3")
    assert set(drawn.values()) <= gallery(limit="2")
    for style in STYLES:
        found = gallery(style=style)
        assert drawn[style] in found
        assert not found & (set(drawn.values()) - {drawn[style]})
    for i, model in enumerate(MODELS):
        mine = {one for n, one in enumerate(drawn.values()) if n % 2 == i}
        assert gallery(model=model) & set(drawn.values()) == mine
    last = visitor.get("/svg/public?limit=100").json
    assert last["nextCursor"] is None
    assert all(visit(stack, one["svgUrl"]).status == 200 for one in last["publicGenerations"][:3])


def test_check_12_plans(visitor):
    reply = visitor.get("/plans")

    plans = reply.json["plans"]
    assert [plans[key]["name"] for key in ("FREE", "SUPPORTER")] == ["Free", "Supporter"]
    assert plans["SUPPORTER"]["price"] > plans["FREE"]["price"] == 0
    for plan in plans.values():
        assert {"perMinute", "perHour", "perDay"} == set(plan["limits"]["rateLimits"])
    assert reply.headers["access-control-allow-origin"] in ("*", ORIGIN)


def test_check_13_api_key_from_creation_to_revocation(stack, react):
    assert stack.manage("set_plan", react.email, "SUPPORTER", "--reason", "check").returncode == 0
    assert react.get("/keys").json == {"keys": []}
    assert_numbers(react.get("/keys/usage/summary").json["summary"])

    made = react.post("/keys", {"name": "Production", "environment": "production"})
    assert made.status == 201
    key = made.json["key"]
    assert key.startswith("sk_live_")
    assert key.replace("_", "").replace("-", "").isalnum()
    [listed] = react.get("/keys").json["keys"]
    assert (listed["id"], listed["usageCount"]) == (made.json["id"], 0)
    assert key.startswith(listed["keyPrefix"])
    assert listed["scopes"]
    assert_numbers(react.get(f"/keys/{listed['id']}/stats").json["stats"])

    def call() -> int:
        asked = {"X-API-Key": key}
        path = "/v1/svg/job/01900000-0000-7000-8000-000000000000"
        return React(stack.url)._send("GET", path, None, asked).status

    assert call() == 404  # known, and there is no such job
    assert react.delete(f"/keys/{listed['id']}").status == 200
    assert react.get("/keys").json == {"keys": []}
    assert call() == 401


def test_check_20_webhook_delivered_twice_grants_once(react, paypal):
    created = react.post("/paypal/create-subscription")
    assert (created.status, created.json["status"]) == (200, "APPROVAL_PENDING")
    assert created.json["approveUrl"].startswith(paypal.url)

    body, headers = paypal.signed(paypal.approve(created.json["subscriptionId"]))
    told = [deliver(react, body, headers) for _ in range(2)]

    assert told == [200, 200]
    user = react.get("/auth/current-user").json
    assert (user["plan"], user["credits"]) == ("SUPPORTER", 210)
    assert len(react.told("CREDITS_PURCHASED")) == 1
    assert deliver(react, body.replace(b"ACTIVATED", b"CANCELLED"), headers) in (400, 401)
    assert react.post("/paypal/create-subscription").status == 409


def test_everything_that_the_client_formats_is_a_number_for_somebody_new(react):
    """CONTRACT §9, the last rows."""
    user = react.get("/auth/current-user").json
    assert_numbers({"credits": user["credits"]})
    assert_numbers(react.get("/notification/badge").json)
    assert_numbers(react.get("/keys/usage/summary").json["summary"])
    for plan in react.get("/plans").json["plans"].values():
        assert_numbers({"price": plan["price"], "maxApiKeys": plan["limits"]["maxApiKeys"]})
        assert_numbers({"days": plan["limits"]["creditRefillDays"]})
    assert react.get("/user/generations").json == {"generations": [], "nextCursor": None}


def assert_numbers(values: dict) -> None:
    kinds = {name: type(value) for name, value in values.items()}
    assert kinds
    assert set(kinds.values()) <= {int, float}, kinds


def visit(stack, address: str):
    """A `fetch` of the client without cookies."""
    assert address.startswith(stack.url)
    return React(stack.url)._send("GET", address.removeprefix(stack.url), None, {})


def deliver(react, body: bytes, headers: dict[str, str]) -> int:
    """What PayPal sends: no cookie, no token."""
    sent = {"Content-Type": "application/json", **headers}
    address = urlsplit(react.url).netloc
    with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        connection.request("POST", "/api/paypal/webhook", body, sent)
        return connection.getresponse().status


def done_by(stack, job) -> str:
    return stack.job(job["id"])["user_id"]
