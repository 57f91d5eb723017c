"""Signatures as others verify them: the package of the specification, and ed25519 by hand."""

import base64
from time import time

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from realtime.webhooks import signing
from realtime.webhooks.models import WebhookSecret

Kind = WebhookSecret.Kind
BODY = '{"type":"generation.succeeded","data":{"prompt":"Füchsin"}}'.encode()


def signed(secrets, at):
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(at),
        "webhook-signature": signing.sign(secrets, "msg_1", at, BODY),
    }


def test_hmac_verifies_with_the_package_of_the_specification():
    older, newer, foreign = (signing.make(Kind.HMAC) for _ in range(3))
    pair = signing.make(Kind.ED25519)
    headers = signed([newer, pair, older], int(time()))

    for secret in (older, newer):
        assert Webhook(signing.shown(secret)).verify(BODY, headers)["data"]["prompt"] == "Füchsin"
    with pytest.raises(WebhookVerificationError):
        Webhook(foreign).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(newer).verify(BODY + b" ", headers)


def test_ed25519_verifies_with_the_public_key_alone():
    secret = signing.make(Kind.ED25519)
    public = signing.shown(secret)
    version, signature = signed([secret], 1_674_087_231)["webhook-signature"].split(",")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public.removeprefix("whpk_")))
    signature = base64.b64decode(signature)

    assert version == "v1a"
    assert public.startswith("whpk_")
    key.verify(signature, b"msg_1.1674087231." + BODY)
    with pytest.raises(InvalidSignature):
        key.verify(signature, b"msg_2.1674087231." + BODY)


def test_signature_is_the_one_that_others_make():
    """Of the specification's own libraries, for ed25519: its signatures are deterministic."""
    pair = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk="
    message, at, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    begins = "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVti"
    ends = "MmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="

    assert signing.sign([pair], message, at, body) == begins + ends


def test_secret_is_stored_encrypted_and_read_with_an_older_key_as_well(settings):
    secret = signing.make(Kind.HMAC)
    sealed = signing.seal(secret)
    old = settings.SECRET_KEY

    assert secret.removeprefix("whsec_") not in sealed
    assert signing.open_sealed(sealed) == secret

    settings.SECRET_KEY = "x" * 50
    with pytest.raises(signing.Unreadable):
        signing.open_sealed(sealed)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert signing.open_sealed(sealed) == secret
