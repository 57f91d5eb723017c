import pytest

from accounts.keys import services
from accounts.keys.errors import KeyRevoked
from tests.accounts.staff.test_roles import admin, choose, member, offered

pytestmark = pytest.mark.django_db


def test_support_sees_keys_and_never_what_opens_anything(supporter, make):
    key, raw = make(supporter, description="nightly")
    client = admin(member("support"))

    pages = [client.get(f"/admin/accounts/apikey/{path}") for path in ("", f"{key.pk}/change/")]

    for page in pages:
        said = page.content.decode()
        assert page.status_code == 200
        assert key.prefix in said
        assert raw not in said
        assert key.key_hash not in said
    assert client.get("/admin/accounts/apikey/add/").status_code == 403
    assert client.get(f"/admin/accounts/apikey/{key.pk}/delete/").status_code == 403
    assert "revoke" not in offered(client, "accounts/apikey")


def test_operations_revokes_keys(supporter, make):
    key, raw = make(supporter)
    client = admin(member("operations"))

    reply = choose(client, "accounts/apikey", "revoke", [key])

    assert "Revoked: 1" in reply.content.decode()
    with pytest.raises(KeyRevoked):
        services.recognise(raw)


def test_billing_and_others_see_or_revoke_as_their_role_says(supporter, make):
    key, raw = make(supporter)

    assert admin(member()).get("/admin/accounts/apikey/").status_code == 403
    choose(admin(member("billing")), "accounts/apikey", "revoke", [key])

    assert services.recognise(raw) == key
