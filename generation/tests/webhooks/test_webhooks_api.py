"""`/api/v1/webhooks`: what an organization can do, what is refused, and that an outsider finds nothing."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.encryption import decrypt
from accounts.models import Role
from accounts.scopes import DEFAULT_SCOPES, Scope
from accounts.testing import Cast, bearer, make_key, make_member
from codegen_site.errors import Conflict
from generation.integrations.outbound_http import check_url
from generation.models import EventType, WebhookDelivery, WebhookEndpoint, WebhookSecret
from generation.tests.webhooks.conftest import call, run
from generation.tests.webhooks.receiver import Answer, Receiver
from generation.webhooks.events import send_event
from generation.webhooks.services import create_endpoint

pytestmark = pytest.mark.django_db(transaction=True)

Subscribe = Callable[..., tuple[WebhookEndpoint, str]]


def make(client: Client, receiver: Receiver, **body: Any) -> dict[str, Any]:
    response = call(client, "post", "", {"url": receiver.url, **body})
    assert response.status_code == 201, response.content
    return dict(response.json())


def test_a_webhook_is_made_and_its_secret_is_shown_once(manager: Client, receiver: Receiver) -> None:
    response = call(manager, "post", "", {"url": receiver.url, "description": "CI"})
    made = response.json()
    assert response["Cache-Control"] == "no-store"
    assert (made["object"], made["url"], made["event_types"]) == ("webhook", receiver.url, ["*"])
    assert (made["enabled"], made["description"], len(made["signing_secrets"])) == (True, "CI", 1)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert call(manager, "get", f"/{made['id']}").json() == made
    assert call(manager, "get", "").json() == [made]
    stored = WebhookSecret.objects.get().encrypted
    assert secret not in stored
    assert decrypt(stored.encode(), purpose="webhooks").decode() == secret


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": ""}, "url"),
        ({"url": None}, "url"),
        ({"url": 7}, "url"),
        ({"url": ["https://example.com"]}, "url"),
        ({"url": "https://example.com/" + "x" * 2000}, "url"),
        ({"url": "https://example.com/\0"}, "url"),
        ({"url": "https://example.com/\ud800"}, "url"),
        ({"event_types": []}, "event_types"),
        ({"event_types": None}, "event_types"),
        ({"event_types": "*"}, "event_types"),
        ({"event_types": ["generation.exploded"]}, "event_types[0]"),
        ({"event_types": ["webhook.test"]}, "event_types[0]"),
        ({"event_types": [["*"]]}, "event_types[0]"),
        ({"event_types": {"*": 1}}, "event_types"),
        ({"description": "x" * 201}, "description"),
        ({"description": 1}, "description"),
        ({"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "secret"),
        ({"enabled": False}, "enabled"),
    ],
)
def test_a_wrong_field_is_named(
    manager: Client, receiver: Receiver, body: dict[str, Any], field: str
) -> None:
    response = call(manager, "post", "", {"url": receiver.url, **body} if body else {})
    assert response.status_code == 400, response.content
    assert [detail["field"] for detail in response.json()["error"]["details"]] == [field]
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_body_that_is_no_object_is_refused(manager: Client, receiver: Receiver, body: Any) -> None:
    response = manager.post("/api/v1/webhooks", json.dumps(body), content_type="application/json")
    assert response.json()["error"]["code"] == "invalid_request"


def test_an_unsafe_url_is_refused_with_its_own_code(
    manager: Client, subscribe: Subscribe, settings: Settings
) -> None:
    endpoint, _ = subscribe()
    settings.WEBHOOKS_ALLOWED_NETWORKS = []
    for method, path in (("post", ""), ("patch", f"/{endpoint.id}")):
        error = call(manager, method, path, {"url": "http://169.254.169.254/latest"}).json()["error"]
        assert (error["code"], error["details"][0]["field"]) == ("unsafe_url", "url")
    assert WebhookEndpoint.objects.get().url == endpoint.url


def test_there_are_only_so_many(manager: Client, receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOKS_MAX_ENDPOINTS = 2
    make(manager, receiver)
    made = make(manager, receiver)
    response = call(manager, "post", "", {"url": receiver.url})
    assert (response.status_code, response.json()["error"]["code"]) == (409, "conflict")
    assert call(manager, "delete", f"/{made['id']}").status_code == 204
    make(manager, receiver)


def test_two_at_once_do_not_both_get_the_last_place(
    cast: Cast, receiver: Receiver, settings: Settings
) -> None:
    settings.WEBHOOKS_MAX_ENDPOINTS = 1
    together = threading.Barrier(6)

    def ask(number: int) -> bool:
        together.wait(10)
        try:
            create_endpoint(organization=cast.organization, url=check_url(receiver.url), event_types=["*"])
        except Conflict:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as threads:
        assert sum(threads.map(ask, range(6))) == 1
    assert WebhookEndpoint.objects.count() == 1


def test_what_is_given_is_changed(manager: Client, receiver: Receiver) -> None:
    made = make(manager, receiver)
    path = f"/{made['id']}"
    kinds = ["generation.failed", "generation.completed", "generation.failed"]
    changed = call(manager, "patch", path, {"event_types": kinds}).json()
    assert changed["event_types"] == ["generation.completed", "generation.failed"]
    assert changed["url"] == made["url"]
    changed = call(manager, "patch", path, {"enabled": False, "description": ""}).json()
    assert (changed["enabled"], changed["disabled_reason"]) == (False, "requested")
    changed = call(manager, "patch", path, {"enabled": True}).json()
    assert (changed["enabled"], changed["disabled_reason"], changed["disabled_at"]) == (True, "", None)
    assert call(manager, "patch", path, {}).json() == changed
    assert call(manager, "patch", path, {"enabled": "yes"}).status_code == 400


def test_a_secret_is_rotated_with_an_overlap(manager: Client, receiver: Receiver) -> None:
    made = make(manager, receiver)
    path = f"/{made['id']}/rotate_secret"
    rotated = manager.generic("POST", f"/api/v1/webhooks{path}").json()  # without any body
    assert rotated["secret"] != made["secret"]
    new, old = rotated["signing_secrets"]
    assert new["expires_at"] is None
    assert old["expires_at"] is not None
    at_once = call(manager, "post", path, {"overlap_s": 0}).json()
    assert len(at_once["signing_secrets"]) == 1
    for wrong in (-1, 7 * 86_400 + 1, "60", None, 1.5):
        assert call(manager, "post", path, {"overlap_s": wrong}).status_code == 400


def test_rotating_again_and_again_cuts_nobody_off(manager: Client, receiver: Receiver) -> None:
    made = make(manager, receiver)
    path = f"/{made['id']}/rotate_secret"
    answers = [call(manager, "post", path, {}).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 409]
    endpoint = WebhookEndpoint.objects.get()
    assert made["secret"] in [secret.reveal() for secret in endpoint.secrets.signing()]


def test_a_test_event_is_sent_and_seen_in_the_log(manager: Client, receiver: Receiver) -> None:
    made = make(manager, receiver, event_types=["generation.failed"])
    response = call(manager, "post", f"/{made['id']}/test")
    assert response.status_code == 202
    delivery = response.json()
    assert (delivery["event_type"], delivery["status"], delivery["attempts"]) == (
        "webhook.test",
        "pending",
        [],
    )
    receiver.answers = [Answer(body=b"hello")]
    run()
    shown = call(manager, "get", f"/{made['id']}/deliveries/{delivery['id']}").json()
    assert (shown["status"], shown["attempt_count"], shown["last_status_code"]) == ("succeeded", 1, 200)
    assert shown["payload"]["data"] == {"id": made["id"], "object": "webhook"}
    [attempt] = shown["attempts"]
    assert (attempt["status_code"], attempt["response_body"]) == (200, "hello")
    assert receiver.received[0].headers["webhook-id"] == shown["event_id"]


def test_a_disabled_webhook_is_neither_tested_nor_resent_to(manager: Client, subscribe: Subscribe) -> None:
    endpoint, _ = subscribe()
    [delivery] = send_event([endpoint], event_type=EventType.COMPLETED, data={})
    call(manager, "patch", f"/{endpoint.id}", {"enabled": False})
    for path in (f"/{endpoint.id}/test", f"/{endpoint.id}/deliveries/{delivery.id}/resend"):
        response = call(manager, "post", path)
        assert (response.status_code, response.json()["error"]["code"]) == (409, "conflict")


def test_deliveries_are_listed_in_pages_and_filtered(manager: Client, subscribe: Subscribe) -> None:
    endpoint, other = subscribe()[0], subscribe()[0]
    send_event([other], event_type=EventType.COMPLETED, data={})
    kinds = [EventType.COMPLETED, EventType.FAILED, EventType.COMPLETED]
    ids = [str(send_event([endpoint], event_type=kind, data={})[0].id) for kind in kinds]
    path = f"/{endpoint.id}/deliveries"
    page = call(manager, "get", f"{path}?page_size=2").json()
    rest = manager.get(page["next"]).json()
    assert [row["id"] for row in (*page["results"], *rest["results"])] == ids[::-1]
    assert "attempts" not in page["results"][0]
    for query, found in (
        ("event_type=generation.failed", 1),
        ("event_type=generation.failed&event_type=generation.completed", 3),
        ("status=pending", 3),
        ("status=succeeded", 0),
    ):
        assert len(call(manager, "get", f"{path}?{query}").json()["results"]) == found
    assert call(manager, "get", f"{path}?status=lost").status_code == 400


def test_a_delivery_is_sent_again(manager: Client, subscribe: Subscribe, receiver: Receiver) -> None:
    endpoint, _ = subscribe()
    [delivery] = send_event([endpoint], event_type=EventType.COMPLETED, data={})
    path = f"/{endpoint.id}/deliveries/{delivery.id}/resend"
    assert call(manager, "post", path).json()["error"]["code"] == "conflict"  # it is on its way
    run()
    response = call(manager, "post", path)
    assert (response.status_code, response.json()["status"]) == (202, "pending")
    run()
    assert [row.headers["webhook-id"] for row in receiver.received] == [str(delivery.event_id)] * 2


PATHS = [
    ("get", "/{webhook}"),
    ("patch", "/{webhook}"),
    ("delete", "/{webhook}"),
    ("post", "/{webhook}/rotate_secret"),
    ("post", "/{webhook}/test"),
    ("get", "/{webhook}/deliveries"),
    ("get", "/{webhook}/deliveries/{delivery}"),
    ("post", "/{webhook}/deliveries/{delivery}/resend"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_an_outsider_finds_nothing(stranger: Client, subscribe: Subscribe, method: str, path: str) -> None:
    endpoint, _ = subscribe()
    [delivery] = send_event([endpoint], event_type=EventType.COMPLETED, data={})
    body: dict[str, Any] | None = None if method == "get" else {}
    response = call(stranger, method, path.format(webhook=endpoint.id, delivery=delivery.id), body)
    unknown = call(stranger, method, path.format(webhook=uuid4(), delivery=uuid4()), body)
    assert response.status_code == unknown.status_code == 404
    assert response.json()["error"]["code"] == "not_found"
    assert WebhookDelivery.objects.count() == 1
    assert WebhookSecret.objects.count() == 1


def test_an_outsider_s_list_is_empty(stranger: Client, subscribe: Subscribe) -> None:
    subscribe()
    assert call(stranger, "get", "").json() == []


def test_a_delivery_of_another_webhook_is_not_found(manager: Client, subscribe: Subscribe) -> None:
    endpoint, other = subscribe()[0], subscribe()[0]
    [delivery] = send_event([endpoint], event_type=EventType.COMPLETED, data={})
    assert call(manager, "get", f"/{other.id}/deliveries/{delivery.id}").status_code == 404


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("post", ""), *PATHS])
def test_every_address_needs_the_scope(cast: Cast, subscribe: Subscribe, method: str, path: str) -> None:
    endpoint, _ = subscribe()
    others = bearer(make_key(cast.organization, scopes=set(Scope) - {Scope.WEBHOOKS})[1])
    address = path.format(webhook=endpoint.id, delivery=uuid4())
    assert call(Client(headers=others), method, address).status_code == 403
    assert call(Client(), method, address).status_code == 401


def test_a_new_key_does_not_have_the_scope_by_itself() -> None:
    assert Scope.WEBHOOKS not in DEFAULT_SCOPES


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.ADMIN, 200), (Role.DEVELOPER, 200), (Role.VIEWER, 403), (Role.BILLING, 403)],
)
def test_a_role_decides_for_members(cast: Cast, client: Client, role: Role, status: int) -> None:
    client.force_login(make_member(cast.organization, role=role))
    assert call(client, "get", "").status_code == status
