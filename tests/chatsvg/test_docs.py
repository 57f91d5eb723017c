"""The pages for developers. What their samples do is run by tests/e2e/test_docs.py."""

import html
import json
import re

import pytest
from django.utils.html import escape

from accounts.keys import examples, services
from chatsvg.docs import prose, samples
from chatsvg.docs.guide import SECTIONS, TOPICS
from chatsvg.openapi.v1.operations import OPERATIONS
from chatsvg.openapi.v1.refusals import REFUSALS
from generations import providers
from generations.choices import STYLES
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
    for topic in TOPICS:
        for one in samples.of(topic):
            assert str(escape(one.code)) in text(page), one.name
            assert text(browser.get(f"/docs/samples/{one.name}")) == one.code
    assert browser.get("/docs/samples/settings.py").status_code == 404
    assert browser.get("/docs/samples/..%2Fguide.html").status_code == 404


def test_configuration_of_assistants_is_the_contracts(browser, settings):
    told = json.loads(text(browser.get("/docs/samples/mcp.json")))
    of_vscode = json.loads(text(browser.get("/docs/samples/vscode.json")))

    entry = {"type": "http", "url": f"{settings.PUBLIC_URL}/mcp"}
    assert told == {"mcpServers": {"chatsvg-mcp": entry}}
    assert of_vscode == {"servers": {"chatsvg-mcp": entry}}
    page = html.unescape(text(browser.get("/docs")))
    assert f"claude mcp add --transport http chatsvg-mcp {settings.PUBLIC_URL}/mcp" in page


def test_guide_tells_what_is_true_here(browser, settings):
    page = text(browser.get("/docs"))

    for anchor, title in SECTIONS.items():
        assert f'<section id="{anchor}"' in page and f'href="#{anchor}">{title}</a>' in page
    listed = page.partition('id="choices"')[2].partition("</section>")[0]
    for name in [*STYLES, *(model.name for model in providers.models())]:
        assert f"<td><code>{name}</code></td>" in listed, name
    assert settings.PUBLIC_URL in page
    for foreign in ("chatsvg.com", "chatsvg.dev"):
        assert foreign not in page
    assert set(re.findall(r'data-copy-text="#([^"]+)"', page)) == set(
        re.findall(r'<code id="([^"]+)"', page)
    )


# --- a key on a click ----------------------------------------------------------------------------


def shown_key(page) -> str | None:
    found = re.search(r'id="docs-key">(sk_test_\w+)<', text(page))
    return found and found[1]


def test_click_puts_a_key_into_every_sample_once(browser, person):
    browser.sign_in(person)
    assert "Make me a test key" in text(browser.get("/docs"))

    sent = browser.post("/docs/key")
    page = browser.get("/docs")
    key = shown_key(page)

    assert sent.url == "/docs#try" and key not in sent.cookies["shown-once"].value
    assert "no-store" in page["Cache-Control"]
    assert inline_code(page) == []
    assert services.recognise(key).user == person
    for topic in TOPICS:
        for one in samples.with_key(topic, key):
            assert str(escape(one.code)) in text(page), one.name
    again = browser.get("/docs")
    assert shown_key(again) is None and key not in text(again)


def test_visitor_is_asked_to_sign_in_first(browser):
    assert "Sign in to try" in text(browser.get("/docs"))
    assert browser.post("/docs/key").url == "/signin?next=/docs%23try"


def test_key_that_is_refused_says_why(browser, person, settings):
    browser.sign_in(person)
    settings.REQUIRE_VERIFIED_EMAIL = True
    person.email_verified_at = None
    person.save()

    refused = browser.post("/docs/key")

    assert refused.status_code == 403
    assert "Please verify your e-mail address" in text(refused)


def test_keys_on_a_click_are_limited(browser, person, limited):
    browser.sign_in(person)
    statuses = [browser.post("/docs/key").status_code for _ in range(21)]

    assert statuses == [302] * 20 + [429]
    assert len(services.keys_of(person)) == examples.MOST


@pytest.mark.parametrize("topic", TOPICS)
def test_filled_sample_names_no_variable_of_ours(topic, settings):
    for filled, one in zip(samples.with_key(topic, "sk_test_x"), samples.of(topic), strict=True):
        for variable in ("CHATSVG_URL", "CHATSVG_API_KEY"):
            for place in (f"${variable}", f'environ["{variable}"]', f"{{ {variable}"):
                assert place not in filled.code, one.name
        has_key = "CHATSVG_API_KEY" in one.code
        assert ("sk_test_x" in filled.code) == has_key, one.name
        assert (settings.PUBLIC_URL in filled.code) == ("CHATSVG_URL" in one.code), one.name


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
