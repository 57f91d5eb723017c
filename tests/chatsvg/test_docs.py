"""The pages for developers. What their samples do is run by tests/e2e/test_docs.py."""

import json
import re

import pytest
from django.utils.html import escape

from chatsvg.docs import prose, samples, views
from chatsvg.openapi.v1.operations import OPERATIONS
from chatsvg.openapi.v1.refusals import REFUSALS
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
PAGES = ("/docs", "/v1/docs")


@pytest.fixture
def browser():
    return Browser()


@pytest.mark.parametrize("path", PAGES)
def test_page_keeps_to_the_policy_and_its_links_lead_somewhere(browser, path):
    page = browser.get(path)

    assert page.status_code == 200
    assert inline_code(page) == []
    anchors = set(re.findall(r'\sid="([^"]+)"', text(page)))
    assert set(re.findall(r'href="#([^"]+)"', text(page))) <= anchors
    for address in set(re.findall(r'href="(/(?!static)[^"#]*)', text(page))):
        assert browser.get(address).status_code in (200, 302), address
    assert 'href="/docs"' in text(page) and 'href="/v1/docs"' in text(page)


def test_reference_tells_of_every_operation_and_refusal(browser):
    page = text(browser.get("/v1/docs"))

    for label, known in OPERATIONS.items():
        assert f'id="{known.name}"' in page, label
        assert known.summary in page
    for one in REFUSALS:
        assert one.code in page


@pytest.mark.parametrize("path", ["/v1/docs", "/llms.txt", "/docs/samples/draw.py"])
def test_document_is_the_same_for_everybody_and_cached(browser, path):
    first = browser.get(path)
    again = browser.get(path, **{"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert first["Cache-Control"] == "public, max-age=300"
    assert not first.cookies


def test_guide_shows_every_sample_as_it_is(browser):
    page = browser.get("/docs")
    shown = re.findall(r"/docs/samples/([\w.]+)", text(page))

    assert set(shown) == samples.names()
    for topic in views.TOPICS:
        for one in samples.of(topic):
            assert str(escape(one.code)) in text(page), one.name
            assert text(browser.get(f"/docs/samples/{one.name}")) == one.code
    assert browser.get("/docs/samples/settings.py").status_code == 404
    assert browser.get("/docs/samples/..%2Fguide.html").status_code == 404


def test_configuration_of_assistants_is_the_contracts(browser, settings):
    told = json.loads(text(browser.get("/docs/samples/mcp.json")))

    entry = {"type": "http", "url": f"{settings.PUBLIC_URL}/mcp"}
    assert told == {"mcpServers": {"chatsvg-mcp": entry}}


def test_llms_txt_has_its_form(browser, settings):
    lines = text(browser.get("/llms.txt")).splitlines()

    assert lines[0] == "# ChatSVG"
    assert lines[2].startswith("> ")
    links = [line for line in lines if line.startswith("- ")]
    assert len(links) > len(OPERATIONS)
    for line in links:
        address = re.fullmatch(r"- \[[^\]]+\]\((\S+)\)(: .+)?", line)[1]
        path = address.removeprefix(settings.PUBLIC_URL).partition("#")[0]
        assert browser.get(path).status_code == 200, line


def test_prose_is_escaped():
    assert prose.html("a `<b>`\n\n<i>") == "<p>a <code>&lt;b&gt;</code></p><p>&lt;i&gt;</p>"
