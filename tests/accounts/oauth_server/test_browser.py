"""The dance in a real browser, with an app on another site."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect, sync_playwright

from accounts.oauth_server import tokens
from tests import browser, factories
from tests.accounts.oauth_server.app import App, query

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PATIENCE = 15_000  # milliseconds


@pytest.fixture
def site(live_server, settings):
    settings.PUBLIC_URL = settings.FRONTEND_URL = live_server.url
    return live_server.url


class Callback(BaseHTTPRequestHandler):
    """The app's own page sends people on to another origin, as some apps do."""

    def do_GET(self):
        onward = self.path.startswith("/callback")
        self.send_response(302 if onward else 200)
        if onward:
            where = f"http://localhost:{self.server.server_port}"
            self.send_header("Location", where + self.path.replace("/callback", "/done"))
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>App</title>")

    def log_message(self, *args):
        """Says nothing."""


@pytest.fixture
def callback():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Callback)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/callback"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_visitor_signs_in_allows_and_is_back_at_the_app(site, callback, scripts):
    person, app = factories.person(), App(redirect_uris=[callback])
    resource = f"{site}/mcp"
    asked, complaints, told = app.address(resource=resource), [], {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser.launch_options())
        context = chromium.new_context(base_url=site, java_script_enabled=scripts)
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda said: complaints.append(said.text))
        page = context.new_page()
        page.goto(asked)
        page.get_by_label("E-mail").fill(person.email)
        page.get_by_label("Password", exact=True).fill(factories.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Connect Clever App?")
        page.get_by_role("button", name="Allow").click()
        page.wait_for_url("**/done?*")
        told.update(query(page.url))
        chromium.close()

    assert not [said for said in complaints if "Content Security Policy" in said]
    assert (told["state"], told["iss"]) == ("the state", site)
    body = app.exchange(told["code"], resource=resource).json()
    assert tokens.resolve(body["access_token"]).user == person
