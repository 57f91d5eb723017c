"""What every page stands in: the header, the footer, the head; the errors; the styleguide."""

import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from chatsvg import problems, toasts
from chatsvg.styleguide import tokens
from credits import plans
from tests import factories
from tests.pages import Browser, inline_code, text

pytestmark = pytest.mark.django_db
TEMPLATES = Path(project.BASE_DIR, "templates")
MAIN = ["/app", "/gallery", "/docs", "/pricing", "/api-keys"]
FOOT = ["/v1/docs", "/docs", "/status", "/privacy", "/terms", "/contact"]
ACCOUNT = ["/history", "/api-keys", "/credits", "/pricing", "/account"]


@pytest.fixture
def visitor():
    return Browser()


@pytest.fixture
def member():
    return Browser().sign_in(factories.person(name="Ada Lovelace", credits_left=3))


@pytest.fixture
def in_development(settings):
    settings.DEBUG = True


def part(page: str, start: str, end: str) -> str:
    return page[page.index(start) : page.index(end)]


def links(page: str) -> list[str]:
    return re.findall(r'<a [^>]*href="([^"#]+)', page)


def test_header_leads_everywhere(visitor):
    page = text(visitor.get("/terms"))

    nav = re.search(r'<nav class="site-nav[^>]*>(.*?)</nav>', page, re.DOTALL)[1]
    assert links(nav) == MAIN
    menu = re.search(r'<nav aria-label="Main">(.*?)</nav>', page, re.DOTALL)[1]
    assert links(menu) == MAIN
    assert links(part(page, "<footer", "</footer>")) == FOOT


@pytest.mark.parametrize("path", ["/", "/terms", "/nowhere"])
def test_links_of_the_shell_lead_to_routes(visitor, member, path):
    for browser in (visitor, member):
        for address in links(text(browser.get(path))):
            resolve(address.partition("?")[0])


def test_header_says_which_page_it_is(visitor):
    page = text(visitor.get("/app"))

    assert set(re.findall(r'href="([^"]+)" aria-current="page"', page)) == {"/app"}


def test_header_for_a_visitor_offers_to_sign_in(visitor):
    header = part(text(visitor.get("/terms")), "<header", "</header>")

    assert {"/signin", "/signup"} < set(links(header))
    assert "/signout" not in header


def test_header_for_a_member_has_their_menu(member):
    header = part(text(member.get("/terms")), "<header", "</header>")

    mine = header[header.index('class="menu-person"') :]
    assert links(mine)[: len(ACCOUNT)] == ACCOUNT
    assert "Ada Lovelace" in mine
    assert "3</strong> credits" in mine
    assert 'action="/signout"' in mine
    assert "/signin" not in links(header)


def test_ideas_and_bugs_tell_where_they_come_from(visitor):
    page = text(visitor.get("/terms"))

    assert "/contact?type=idea&amp;from=%2Fterms" in page
    assert "/contact?type=bug&amp;from=%2Fterms" in page


def test_head_describes_the_page(visitor, settings):
    settings.PUBLIC_URL = "https://chatsvg.test"

    head = part(text(visitor.get("/?utm=x")), "<head>", "</head>")

    assert '<link rel="canonical" href="https://chatsvg.test/">' in head
    assert '<meta property="og:url" content="https://chatsvg.test/">' in head
    assert 'property="og:image" content="https://chatsvg.test/static/img/shared.png"' in head
    assert 'property="og:title" content="ChatSVG: AI-Powered SVG Generation API"' in head
    assert 'name="description" property="og:description" content="Describe' in head


@pytest.mark.parametrize("path", ["/", "/terms", "/privacy", "/nowhere"])
def test_pages_carry_no_inline_code(visitor, path):
    assert inline_code(visitor.get(path)) == []


# --- the landing page ---


def test_landing_leads_to_the_app_the_docs_and_the_plans(visitor):
    page = text(visitor.get("/"))

    assert "AI-Powered SVG Generation API</h1>" in page
    main = part(page, "<main", "</main>")
    for address, words in [
        ("/app", "Open Web App"),
        ("/docs", "API Documentation"),
        ("/pricing", "Plans &amp; Credits"),
    ]:
        assert re.search(rf'href="{address}">{words}', main)


def test_landing_names_the_true_prices(visitor):
    page = text(visitor.get("/"))

    assert f"{plans.SIGN_UP_CREDITS} drawings free" in page
    assert f"{plans.SUPPORTER_CREDITS} a month are ${plans.SUPPORTER_PRICE}." in page


def test_landing_shows_drawings_that_are_there_and_keep_their_place(visitor):
    images = re.findall(r"<img [^>]*>", text(visitor.get("/")))

    assert all(re.search(r'width="\d+" height="\d+"', image) for image in images)
    drawings = {source for image in images for source in re.findall(r"/samples/[^\"]+", image)}
    assert len(drawings) > 40
    assert {visitor.get(drawing).status_code for drawing in sorted(drawings)[::9]} == {200}


# --- errors ---


def told(status: int, error: str = "Not now", method: str = "get") -> str:
    request = getattr(RequestFactory(headers={"Accept": "text/html"}), method)("/app")
    request.id = "f00d"
    reply = problems.answer(request, status, error)
    assert reply.status_code == status
    return text(reply)


def test_missing_page_shows_the_way_on(member, visitor):
    reply = member.get("/nowhere")

    page = text(reply)
    assert reply.status_code == 404
    assert "There is nothing at this address" in page
    assert "Ada Lovelace" in page
    assert {"/gallery", "/history", "/contact?type=bug&amp;from=%2Fnowhere"} <= set(links(page))
    assert reply["x-request-id"] in page
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page
    assert "/signin?next=%2Fnowhere" in text(visitor.get("/nowhere"))


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (400, "That did not work"),
        (403, "That did not come through"),
        (413, "That was too large"),
        (429, "A little slower, please"),
        (500, "That was our fault"),
        (503, "We will be right back"),
    ],
)
def test_errors_are_kind_and_name_the_request(status, heading):
    page = told(status)

    assert f"<h1>{heading}</h1>" in page
    assert f"Error {status} · request <code>f00d</code>" in page


def test_error_of_ours_offers_another_try_of_what_was_read_only():
    assert 'href="/app">' in part(told(500), "<main", "See the status")
    assert "Try again</a>" in told(500)
    assert "Try again</a>" not in told(500, method="post")


def test_error_of_ours_asks_for_nobody(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = told(500)

    assert links(part(page, "<header", "</header>")) == ["/"]


# --- toasts ---


def test_toast_after_a_redirect_is_on_the_next_page(visitor):
    request = RequestFactory().get("/")
    request.htmx = False
    reply = toasts.say(request, HttpResponse(), "Drawing <deleted>", undo="/d/1/restore")

    visitor.client.cookies[toasts.COOKIE] = reply.cookies[toasts.COOKIE].value
    page = text(visitor.get("/terms"))

    shown = page[page.index('id="toasts"') :]
    assert "Drawing &lt;deleted&gt;" in shown
    assert '<form method="post" action="/d/1/restore">' in shown
    assert 'name="csrf-token"' in shown


def test_toast_that_is_not_ours_is_not_shown(visitor):
    visitor.client.cookies[toasts.COOKIE] = "eyJ0ZXh0IjoieCJ9:forged:signature"

    assert "data-toast" not in text(visitor.get("/terms"))


def test_toast_of_a_fragment_is_an_event():
    request = RequestFactory().get("/")
    request.htmx = True

    reply = toasts.say(request, HttpResponse(), "Published")

    assert reply["HX-Trigger"] == '{"toast": {"text": "Published"}}'
    assert not reply.cookies


# --- the styleguide, and what it is made of ---


@pytest.mark.parametrize("path", ["/styleguide", "/styleguide/tokens.css"])
def test_styleguide_is_for_development(visitor, path):
    assert visitor.get(path).status_code == 404


def test_styleguide_shows_every_token_and_component(visitor, in_development):
    page = text(visitor.get("/styleguide"))

    shown = set(re.findall(r"token-([\w-]+)", page))
    assert shown == {name for name, _ in every_token()}
    assert set(re.findall(r"icons\.svg#([\w-]+)", page)) == set(tokens.icons())
    assert inline_code(visitor.get("/styleguide")) == []


def test_styleguide_has_a_class_for_each_token(visitor, in_development):
    reply = visitor.get("/styleguide/tokens.css")

    assert reply["Content-Type"] == "text/css; charset=utf-8"
    assert ".token-orange { background: var(--orange); }" in text(reply)
    assert set(re.findall(r"\.token-([\w-]+)", text(reply))) == {n for n, _ in every_token()}


def every_token() -> tokens.Tokens:
    kinds = [tokens.measures(kind) for kind in ("text", "s", "radius", "shadow")]
    return tokens.colours() + [token for kind in kinds for token in kind]


def test_styles_use_tokens_that_exist():
    sheets = [sheet.read_text() for sheet in Path(project.BASE_DIR, "static/css").glob("*.css")]
    everything = "\n".join(sheets)

    used = set(re.findall(r"var\(--([\w-]+)", everything))
    made = set(re.findall(r"--([\w-]+):", everything))
    assert used - made == set()


def test_icons_of_templates_are_in_the_sprite():
    named = {
        name
        for template in TEMPLATES.rglob("*.html")
        for name in re.findall(r'icon\.html" with name="([\w-]+)"', template.read_text())
    }

    assert named - set(tokens.icons()) == set()
