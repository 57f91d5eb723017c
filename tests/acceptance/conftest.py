"""One installation for all of CONTRACT §13: web, upkeep and a worker, the client on another origin.

What it talks to is local: a model, an identity provider, PayPal.
"""

import pytest

from tests.acceptance.react import ORIGIN, React
from tests.faults.harness import running_stack
from tests.identity_provider import IdentityProvider
from tests.paypal_server import PayPalServer


@pytest.fixture(scope="package")
def provider():
    """Google and GitHub."""
    with IdentityProvider() as one:
        yield one


@pytest.fixture(scope="package")
def paypal():
    with PayPalServer() as one:
        yield one


@pytest.fixture(scope="package")
def processes(provider, paypal):
    elsewhere = provider.environment() | paypal.environment()
    with running_stack(FRONTEND_URL=ORIGIN, **elsewhere) as stack:
        yield stack


@pytest.fixture
def stack(processes):
    processes.make_whole()
    return processes


@pytest.fixture
def react(stack):
    """The client, where somebody with ten credits has just signed up."""
    return React(stack.url).register()


@pytest.fixture
def visitor(stack):
    return React.opened(stack.url)
