from datetime import UTC, datetime, timedelta

import pytest


def fields(reply) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in reply.content.decode().splitlines())


@pytest.mark.django_db
def test_who_found_a_hole_is_told_whom_to_tell(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@chatsvg.example"
    reply = client.get("/.well-known/security.txt")
    said = fields(reply)

    assert reply["Content-Type"] == "text/plain; charset=utf-8"
    assert said["Contact"] == "mailto:security@chatsvg.example"
    assert said["Canonical"] == f"{settings.PUBLIC_URL}/.well-known/security.txt"
    left = datetime.fromisoformat(said["Expires"]) - datetime.now(UTC)
    assert timedelta(days=80) < left < timedelta(days=365)


@pytest.mark.django_db
def test_contact_is_our_own_page_unless_another_is_named(client, settings):
    contact = fields(client.get("/.well-known/security.txt"))["Contact"]

    assert contact == f"{settings.PUBLIC_URL}/contact"
    assert client.get("/contact").status_code == 200
