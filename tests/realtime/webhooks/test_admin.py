"""Webhooks in the admin: looked at, and sent again."""

import pytest

from realtime.webhooks import services
from realtime.webhooks.models import WebhookDelivery
from tests import factories
from tests.accounts.staff.test_roles import admin, choose, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(subscribe):
    made = subscribe(factories.person())
    sent = services.test(made.endpoint)
    sent.attempts.create(number=1, at=sent.created_at, latency_ms=7, status=500, answer="private")
    fields = {"status": "failed", "ended_at": sent.created_at, "leased_until": None}
    WebhookDelivery.objects.filter(pk=sent.pk).update(**fields)
    return sent


def test_support_sees_webhooks_and_never_secrets(delivery):
    client, endpoint = admin(member("support")), delivery.endpoint
    pages = [
        client.get(f"/admin/realtime/{path}")
        for path in (
            *("webhookendpoint/", f"webhookendpoint/{endpoint.pk}/change/"),
            *("webhookdelivery/", f"webhookdelivery/{delivery.pk}/change/"),
        )
    ]

    assert [page.status_code for page in pages] == [200] * 4
    text = b"".join(page.content for page in pages).decode()
    assert endpoint.url in text
    assert endpoint.secrets.get().sealed not in text
    assert "private" not in text


def test_operations_sends_again_and_support_does_not(delivery):
    for role, status in (("support", "failed"), ("operations", "pending")):
        choose(admin(member(role)), "realtime/webhookdelivery", "replay", [delivery])
        delivery.refresh_from_db()
        assert delivery.status == status
