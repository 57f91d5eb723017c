"""The React client's admin page in a real browser: on another origin, by a link in a mailbox."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connections
from playwright.sync_api import expect, sync_playwright

from tests import browser, mails

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BOSS = "boss@chatsvg.example"
ASK = """async ([api, email]) => (await fetch(api + "/api/admin/request-access", {
    method: "POST", credentials: "include", body: JSON.stringify({email}),
    headers: {"Content-Type": "application/json"}})).json()"""
READ = """async (api) => {
    const reply = await fetch(api + "/api/admin/metrics", {credentials: "include"});
    return [reply.status, await reply.json()]}"""
LEAVE = """async (api) => (await fetch(api + "/api/admin/logout", {
    method: "POST", credentials: "include"})).status"""
PLANS = """async (api) => (await (await fetch(api + "/api/plans")).json()).plans.FREE.name"""


class Page(BaseHTTPRequestHandler):
    """The client, as far as it matters here: a page of another origin."""

    def do_GET(self):
        body = b"<!doctype html><title>client</title><a>mail</a>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Nothing."""


@contextmanager
def serving():
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def frontend():
    with serving() as port:
        yield f"http://localhost:{port}"


@pytest.fixture
def api(live_server, frontend, settings):
    settings.PUBLIC_URL, settings.FRONTEND_URL = live_server.url, frontend
    settings.CORS_ALLOWED_ORIGINS = [frontend]
    settings.ADMIN_EMAILS = [BOSS]
    return live_server.url


def newest_link() -> str:
    """Of the mails that are delivered now; read beside the browser's own loop."""

    def read():
        try:
            return mails.link(mails.deliver()[-1])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()


@pytest.fixture
def chromium():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_options())
        yield chromium
        chromium.close()


def follow_from_a_mailbox(page, link):
    """A click on a page of another site."""
    page.goto("data:text/html,<a href='%s'>the link</a>" % link)
    page.get_by_text("the link").click()


def test_administrator_gets_in_by_the_link_and_out_again(api, frontend, chromium):
    page = chromium.new_page()
    page.goto(f"{frontend}/admin")
    assert page.evaluate(PLANS, api) == "Free"
    assert page.evaluate(READ, api)[0] == 401
    assert "a link is on its way" in page.evaluate(ASK, [api, BOSS])["message"]

    follow_from_a_mailbox(page, newest_link())
    page.wait_for_url(f"{frontend}/admin")

    status, figures = page.evaluate(READ, api)
    assert (status, figures["jobs"]["total"]) == (200, 0)
    assert page.evaluate(LEAVE, api) == 200
    assert page.evaluate(READ, api)[0] == 401


def test_link_in_another_browser_asks_first(api, frontend, chromium):
    asking = chromium.new_page()
    asking.goto(f"{frontend}/admin")
    asking.evaluate(ASK, [api, BOSS])
    page = chromium.new_context().new_page()
    complaints = []
    page.on("console", lambda said: complaints.append(said.text))

    follow_from_a_mailbox(page, newest_link())
    expect(page.get_by_role("heading", level=1)).to_have_text("Open the figures?")
    page.get_by_role("button", name="Yes, open them").click()
    page.wait_for_url(f"{frontend}/admin")

    assert page.evaluate(READ, api)[0] == 200
    assert asking.evaluate(READ, api)[0] == 401
    assert not [said for said in complaints if "Content Security Policy" in said]
