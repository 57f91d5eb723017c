import json

import pytest

from accounts.models import User
from chatsvg.text import timestamp


def patch(api, body: object):
    return api.client.patch(
        "/api/account",
        json.dumps(body),
        content_type="application/json",
        headers={"X-CSRF-Token": api.token},
    )


def test_account_says_who_it_is(signed_in, person):
    reply = signed_in.get("/account")

    person.refresh_from_db()
    assert reply.json() == {
        "id": str(person.pk),
        "email": person.email,
        "name": "Ada",
        "avatar": None,
        "credits": 10,
        "plan": "FREE",
        "emailVerified": person.email_verified_at is not None,
        "hasPassword": True,
        "createdAt": timestamp(person.created_at),
        "updatedAt": timestamp(person.updated_at),
    }
    assert reply["Cache-Control"] == "private, no-store"


def test_me_has_the_contract_s_fields_and_no_generations(signed_in, person):
    reply = signed_in.get("/user/me")

    person.refresh_from_db()
    assert reply.json() == {
        "user": {
            "id": str(person.pk),
            "email": person.email,
            "name": "Ada",
            "plan": "FREE",
            "credits": 10,
            "createdAt": timestamp(person.created_at),
            "updatedAt": timestamp(person.updated_at),
        }
    }
    assert reply["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/account", "/account/export", "/user/me"])
def test_visitors_get_401(api, path):
    reply = api.get(path)

    assert (reply.status_code, reply.json()) == (401, {"error": "No token provided"})


def test_everybody_s_list_is_gone(signed_in):
    assert signed_in.get("/user").status_code == 404


def test_patch_renames_and_ignores_the_rest(signed_in, person):
    reply = patch(signed_in, {"name": "  Grace ", "email": "x@example.com", "plan": "SUPPORTER"})

    before = person.email
    person.refresh_from_db()
    assert (reply.status_code, reply.json()["name"]) == (200, "Grace")
    assert (person.name, person.email, person.wallet.plan) == ("Grace", before, "FREE")
    assert signed_in.get("/auth/current-user").json()["name"] == "Grace"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "Name is required"),
        ("   ", "Name is required"),
        (None, "Name is required"),
        (7, "Name must be text"),
        ("x" * 101, "Name is too long (max 100 characters)"),
    ],
)
def test_patch_refuses_names_like_the_sign_up(signed_in, person, name, error):
    reply = patch(signed_in, {"name": name})

    person.refresh_from_db()
    assert (reply.status_code, reply.json(), person.name) == (400, {"error": error}, "Ada")


def test_patch_needs_a_token(signed_in):
    signed_in.token = "no"

    assert patch(signed_in, {"name": "Eve"}).status_code == 403
    assert not User.objects.filter(name="Eve").exists()
