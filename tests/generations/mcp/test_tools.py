"""The tools, as the SDK's own client uses them over HTTP."""

import asyncio
import io
import json
import re
from base64 import b64decode

import pytest
from asgiref.sync import sync_to_async
from mcp.shared.exceptions import MCPError
from PIL import Image

from accounts.models import KeyUse
from credits import services as credits
from credits.models import Plan, Wallet
from generations import pipeline, services
from generations.choices import STYLES
from generations.mcp.shown import SVG
from generations.models import Generation
from tests import factories
from tests.generations.mcp.conftest import key_of, make_key, token_of, wait_until

FOX = {"prompt": "a red fox asleep", "style": "flat", "model": "studio"}


def job_in(result) -> dict:
    assert not result.is_error, result
    return result.structured_content["job"]


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["legacy", "2026-07-28", "auto"])
def test_tools_in_every_era(connect, person, drawing, mode):
    heard = []
    token = token_of(person)

    async def progress(done, total, message):
        heard.append((done, total))

    async def story():
        async with connect(token, mode) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert list(tools) == ["list_styles", "generate_svg", "get_job_status", "cancel_job"]
            assert all(tool.output_schema for tool in tools.values())
            choices = await client.call_tool("list_styles", {})
            assert [one["id"] for one in choices.structured_content["styles"]] == list(STYLES)
            result = await client.call_tool("generate_svg", FOX, progress_callback=progress)
            job = job_in(result)
            again = job_in(await client.call_tool("get_job_status", {"job_id": job["id"]}))
            assert {**again, "url": ""} == {**job, "url": ""}  # signed anew
            text = (await client.read_resource(job["resource"])).contents[0].text
            assert job["svg"] == text and text.startswith("<svg")
            resources = (await client.list_resources()).resources
            assert [str(one.uri) for one in resources] == [job["resource"]]
        return job

    job = asyncio.run(story())

    assert (job["status"], job["privacy"], job["creditsCharged"]) == ("SUCCEEDED", True, True)
    assert heard[-1] == (100, 100) and heard == sorted(heard)
    person.wallet.refresh_from_db()
    assert person.wallet.balance == 9


@pytest.mark.slow
def test_drawing_comes_as_link_and_picture_and_text(connect, person, drawing):
    key = key_of(person)

    async def story():
        async with connect(key) as client:
            return await client.call_tool("generate_svg", FOX | {"privacy": False})

    result = asyncio.run(story())

    words, link, picture = result.content
    job = job_in(result)
    assert job["url"] in words.text
    assert (link.type, str(link.uri), link.mime_type) == ("resource_link", job["url"], SVG)
    png = b64decode(picture.data)
    assert max(Image.open(io.BytesIO(png)).size) == 512
    assert len(png) <= 100_000
    assert (job["test"], job["creditsCharged"], job["privacy"]) == (True, False, True)
    assert len(json.dumps(result.structured_content)) < 30_000
    uses = KeyUse.objects.filter(key__user=person).values_list("status", "credits")
    wait_until(lambda: list(uses.all()) == [(200, 0)] * 3)  # initialize, tools/list, the drawing


@pytest.mark.slow
def test_repeated_call_with_its_key_pays_once(connect, person, drawing):
    token = token_of(person)
    once = FOX | {"idempotency_key": "mine"}

    async def story():
        async with connect(token, "2026-07-28") as client:
            first = await client.call_tool("generate_svg", once)
            again = await client.call_tool("generate_svg", once | {"wait_seconds": 0})
            other = await client.call_tool("generate_svg", once | {"style": "filled"})
        return first, again, other

    first, again, other = asyncio.run(story())

    assert job_in(first)["id"] == job_in(again)["id"]
    assert other.is_error
    assert other.structured_content["errorCode"] == "IDEMPOTENCY_CONFLICT"
    person.wallet.refresh_from_db()
    assert person.wallet.balance == 9


REFUSED = [
    ("generate_svg", {}, "Prompt is required", "BAD_REQUEST"),
    ("generate_svg", {"prompt": "fox"}, "Prompt length must be", "BAD_REQUEST"),
    ("generate_svg", {"prompt": 7}, "Prompt must be text", "BAD_REQUEST"),
    ("generate_svg", FOX | {"style": "duotone"}, "Invalid style", "BAD_REQUEST"),
    ("generate_svg", FOX | {"model": "none"}, "Invalid model", "BAD_REQUEST"),
    ("generate_svg", FOX | {"privacy": "no"}, "Invalid privacy", "BAD_REQUEST"),
    ("generate_svg", FOX | {"size": 512}, "Unknown argument: size", "BAD_REQUEST"),
    ("generate_svg", FOX | {"wait_seconds": 51}, "wait_seconds must be from", "BAD_REQUEST"),
    ("generate_svg", FOX | {"wait_seconds": "1"}, "wait_seconds must be a", "BAD_REQUEST"),
    ("generate_svg", FOX | {"idempotency_key": "x" * 129}, "Idempotency key must", "BAD_REQUEST"),
    ("generate_svg", FOX | {"idempotency_key": ["x"]}, "idempotency_key must", "BAD_REQUEST"),
    ("generate_svg", FOX, "You do not have enough credits", "INSUFFICIENT_CREDITS"),
    ("get_job_status", {}, "Generation job not found", "NOT_FOUND"),
    ("get_job_status", {"job_id": "../1"}, "Generation job not found", "NOT_FOUND"),
    ("get_job_status", {"job_id": "THEIRS"}, "Generation job not found", "NOT_FOUND"),
    ("get_job_status", {"job_id": "THEIRS", "wait_seconds": 9}, "Generation job", "NOT_FOUND"),
    ("get_job_status", {"job_id": "TEST"}, "Generation job not found", "NOT_FOUND"),
    ("cancel_job", {"job_id": "THEIRS"}, "Generation job not found", "NOT_FOUND"),
    ("cancel_job", {"job_id": "DONE"}, "This drawing is already finished", "CONFLICT"),
]


@pytest.mark.slow
def test_refusals_are_errors_of_the_tools(connect, transactional_db):
    person = factories.person(credits_left=0)
    credits.set_plan(person.pk, Plan.SUPPORTER, reason="test")  # it may ask often
    factories.spend(person, Wallet.objects.get(user=person).balance - 1)
    done = factories.job(person)
    pipeline.run(done.pk)
    key = make_key(person).key
    test = services.submit(person, factories.recipe(), idempotency_key="t", api_key=key).job
    ids = {"THEIRS": factories.job().pk, "TEST": test.pk, "DONE": done.pk}
    token = token_of(person)

    async def story():
        async with connect(token) as client:
            for tool, arguments, *_ in REFUSED:
                named = ids.get(arguments.get("job_id"))
                given = arguments | ({"job_id": str(named)} if named else {})
                yield await client.call_tool(tool, given)
            drawing = await sync_to_async(Generation.objects.get)(job=ids["DONE"])
            await client.read_resource(f"chatsvg://drawings/{drawing.pk}")
            for uri in ("chatsvg://drawings/x", f"chatsvg://drawings/{ids['DONE']}", "file:///x"):
                with pytest.raises(MCPError, match="SVG not found"):
                    await client.read_resource(uri)
            with pytest.raises(MCPError, match="Unknown tool"):
                await client.call_tool("drop_tables", {})

    async def collected():
        return [one async for one in story()]

    results = asyncio.run(collected())

    for (tool, arguments, sentence, code), result in zip(REFUSED, results, strict=True):
        told = result.structured_content
        assert result.is_error, (tool, arguments)
        assert told["error"].startswith(sentence), (tool, arguments, told)
        assert told["errorCode"] == code, (tool, arguments, told)
        assert re.fullmatch("[0-9a-f]{32}", told["requestId"])
        assert result.content[0].text == f"{told['error']} ({code})"


@pytest.mark.slow
def test_job_under_way_is_told_and_canceled(connect, person):
    token = token_of(person)

    async def story():
        async with connect(token) as client:
            asked = await client.call_tool("generate_svg", FOX | {"wait_seconds": 0})
            looked = await client.call_tool("get_job_status", {"job_id": job_in(asked)["id"]})
            named = {"job_id": job_in(asked)["id"]}
            waited = await client.call_tool("get_job_status", named | {"wait_seconds": 0.5})
            ended = await client.call_tool("cancel_job", named)
            again = await client.call_tool("cancel_job", named)
        return asked, looked, waited, ended, again

    *under_way, ended, again = asyncio.run(story())

    assert [job_in(one)["status"] for one in under_way] == ["QUEUED"] * 3
    assert "Ask get_job_status" in under_way[0].content[0].text
    assert (job_in(ended)["status"], job_in(ended)["errorCode"]) == ("FAILED", "CANCELED")
    assert job_in(again) == job_in(ended)
    person.wallet.refresh_from_db()
    assert person.wallet.available == 10
