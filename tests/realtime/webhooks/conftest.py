import pytest

from realtime.webhooks import asked, services
from tests.webhook_receiver import Receiver


@pytest.fixture
def receiver(settings):
    """A server on loopback, which may be sent to as if it was the Internet."""
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.WEBHOOK_TIMEOUT_SECONDS = 2
    with Receiver() as server:
        yield server


@pytest.fixture
def subscribe(receiver):
    """Makes an endpoint of somebody's, at the receiver."""

    def make(user, *, is_test=False, **fields):
        body = {"url": receiver.url, **fields}
        return services.create(user, asked.wish(body, is_test=is_test))

    return make
