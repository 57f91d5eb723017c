"""Bombs of many small parts, and what is packed: refused before they cost anything."""

import pytest
from django.test import Client

from tests.conftest import Api
from tests.contract.hostile import GOOD

BOUNDARY = "x"
KIND = f"multipart/form-data; boundary={BOUNDARY}"
FIELD = '--x\r\nContent-Disposition: form-data; name="a{0}"\r\n\r\n1\r\n'
FILE = '--x\r\nContent-Disposition: form-data; name="f{0}"; filename="f"\r\n\r\n1\r\n'
HEADERS = '--x\r\nContent-Disposition: form-data; name="a"\r\n{}\r\n1\r\n'.format(
    "".join(f"X-{number}: {'y' * 200}\r\n" for number in range(200))
)


def parts(one: str, count: int) -> bytes:
    return ("".join(one.format(number) for number in range(count)) + "--x--\r\n").encode()


BOMBS = {
    "fields": (parts(FIELD, 1001), KIND),
    "files": (parts(FILE, 101), KIND),
    "headers of a part": (parts(HEADERS, 1), KIND),
    "pairs": (
        b"&".join(b"a%d=1" % number for number in range(1001)),
        "application/x-www-form-urlencoded",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_form_of_too_many_parts_is_a_bad_request(signed_in, bomb):
    body, kind = BOMBS[bomb]
    sent = {"X-CSRF-Token": signed_in.token, "Accept": "text/html"}

    reply = signed_in.client.post("/account/avatar", body, content_type=kind, headers=sent)

    assert reply.status_code == 400
    assert len(body) < 100_000  # not for its size


@pytest.mark.parametrize("bomb", ["fields", "files"])
def test_upload_of_too_many_parts_is_a_bad_request(signed_in, bomb):
    body, kind = BOMBS[bomb]
    sent = {"X-CSRF-Token": signed_in.token}

    reply = signed_in.client.put("/api/account/avatar", body, content_type=kind, headers=sent)

    assert reply.status_code == 400
    assert set(reply.json()) == {"error"} or reply.json()["errorCode"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/gallery", "/api/svg/public", "/v1/credits", "/signin"])
def test_address_of_thousands_of_parameters_is_refused_or_not_read(path):
    query = "&".join(f"a{number}=1" for number in range(5000))

    reply = Client().get(f"{path}?{query}")

    assert reply.status_code in (200, 400, 401)


@pytest.mark.parametrize("packing", ["gzip", "br", "GZIP", "x"])
@pytest.mark.parametrize("path", ["/api/auth/login", "/v1/svg/generate", "/api/paypal/webhook"])
def test_packed_body_is_refused_by_every_face(db, path, packing):
    api = Api()
    api.csrf()
    sent = {"X-CSRF-Token": api.token, "Content-Encoding": packing}

    reply = api.client.post(path, GOOD, content_type="application/json", headers=sent)

    assert reply.status_code == 415
    assert reply["Accept-Encoding"] == "identity"
    assert "Content-Encoding" in reply.json()["error"]


def test_body_that_says_it_is_not_packed_is_read(signed_in):
    reply = signed_in.post("/auth/login", {"email": "x"}, **{"Content-Encoding": "identity"})

    assert (reply.status_code, reply.json()["error"]) == (400, "Invalid email format")
