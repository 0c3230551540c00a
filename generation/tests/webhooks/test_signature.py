"""Signatures as the specification has them, and as its official library verifies them."""

import time
from base64 import b64decode

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from generation.webhooks.signature import new_secret, sign, signed_headers


def test_the_vector_of_the_specification_s_libraries() -> None:
    signature = sign(
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_as_long_as_the_specification_wants() -> None:
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    for secret in secrets:
        assert secret.startswith("whsec_")
        assert 24 <= len(b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64


def test_either_secret_verifies_and_no_other() -> None:
    old, new = new_secret(), new_secret()
    body = '{"type":"generation.completed","data":{"name":"ü"}}'
    headers = signed_headers(
        signing_secrets=[new, old], webhook_id="abc", timestamp=int(time.time()), body=body.encode()
    )
    assert Webhook(old).verify(body, headers) == Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers)
    for changed in ({"webhook-id": "abd"}, {"webhook-timestamp": str(int(time.time()) - 1)}):
        with pytest.raises(WebhookVerificationError):
            Webhook(new).verify(body, headers | changed)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body.replace("ü", "u"), headers)
