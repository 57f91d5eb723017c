"""What the crawls share."""

import logging

import pytest

from tests.conftest import Api
from tests.contract import belongings
from tests.contract.hostile import Sender


@pytest.fixture
def mine(settings, paypal):
    """Somebody with one of everything, who is an administrator too, as in production.

    Figures are for who has the token; and thousands of refusals are nobody's news. PayPal gives
    every subscription the same id, so that answers can be compared.
    """
    paypal.fixed_id = "I-THE-SAME"
    settings.METRICS_TOKEN = "token of the scraper"
    owner = belongings.owner()
    settings.ADMIN_EMAILS = [owner.user.email]
    logging.disable(logging.WARNING)
    yield owner
    logging.disable(logging.NOTSET)


@pytest.fixture
def for_paypal(request):
    """The payment provider, for the routes that need one: elsewhere none is configured."""
    path = request.node.callspec.params.get("path", "") if hasattr(request.node, "callspec") else ""
    return request.getfixturevalue("paypal") if path.startswith("/api/paypal/") else None


@pytest.fixture
def sender(db, settings, for_paypal):
    settings.ADMIN_EMAILS = ["boss@owner.example"]
    return Sender("boss@owner.example", for_paypal)


@pytest.fixture
def stranger(db, for_paypal):
    api = Api()
    api.csrf()
    api.client.raise_request_exception = False
    return api
