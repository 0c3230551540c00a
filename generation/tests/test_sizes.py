"""Bodies and prompts that are larger than a plan allows, and not larger than the installation takes."""

from typing import Any

import pytest
from django.test import Client

from accounts.testing import Cast
from generation.models import Generation
from generation.tests.conftest import post_lines, results_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _small_plan(cast: Cast) -> None:
    """Of alice's organization, and of no other."""
    cast.organization.plan_overrides = {"max_body_bytes": 200, "max_prompt_chars": 50}
    cast.organization.save()


def post(client: Client, **body: Any) -> Any:
    return client.post("/api/v1/generate_code", {"async": True, **body}, content_type="application/json")


def test_a_body_is_refused_before_it_is_parsed(api: Client) -> None:
    for text in (b'{"prompt": "' + b"x" * 300, b"\0" * 201):
        refused = api.post("/api/v1/generate_code", text, content_type="application/json")
        assert (refused.status_code, refused.json()["error"]["code"]) == (413, "request_too_large")
        assert "RateLimit" in refused.headers


def test_a_prompt_is_refused_by_its_characters(api: Client) -> None:
    assert post(api, prompt="x" * 50).status_code == 202
    refused = post(api, prompt="x" * 51).json()["error"]
    assert (refused["code"], refused["details"]) == (
        "invalid_request",
        [{"field": "prompt", "message": "At most 50 characters; this prompt has 51."}],
    )
    assert Generation.objects.count() == 1


def test_another_organization_has_a_plan_of_its_own(outsider: Client) -> None:
    assert post(outsider, prompt="x" * 500).status_code == 202


def test_both_hold_for_each_line_of_a_batch_and_not_for_the_batch(api: Client) -> None:
    """What a batch may have as a whole is BATCH_MAX_BODY_BYTES."""
    lines = [{"prompt": "A page"}, {"prompt": "x" * 60}, {"prompt": "x" * 300}]
    batch = post_lines(api, *lines).json()
    assert batch["request_counts"]["failed"] == 2
    api.post(batch["links"]["cancel"])
    codes = [(line["error"] or {}).get("code") for line in results_of(api, batch["id"])]
    assert codes[1:] == ["invalid_request", "request_too_large"]
