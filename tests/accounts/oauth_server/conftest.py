import pytest

from tests.accounts.oauth_server.app import App
from tests.pages import Browser


@pytest.fixture
def browser(person):
    return Browser().sign_in(person)


@pytest.fixture
def app(db):
    return App()


@pytest.fixture
def held(app, browser):
    return app.connect(browser)
