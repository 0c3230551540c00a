import asyncio
import json
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.scopes import Scope
from accounts.testing import Cast, bearer, make_key
from generation.integrations.outbound_http import check_url
from generation.models import EventType, WebhookDelivery, WebhookEndpoint
from generation.tests.webhooks.receiver import Receiver, receiving
from generation.webhooks.events import send_event
from generation.webhooks.services import create_endpoint
from jobs.models import Job
from jobs.testing import run_all_jobs


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """A server on this machine, in an installation that sends to it."""
    settings.WEBHOOKS_ALLOW_HTTP = True
    settings.WEBHOOKS_ALLOWED_PORTS = []
    settings.WEBHOOKS_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    with receiving(Receiver()) as receiver:
        yield receiver


@pytest.fixture
def subscribe(cast: Cast, receiver: Receiver) -> Callable[..., tuple[WebhookEndpoint, str]]:
    """A function that makes an endpoint of the organization; with its secret."""

    def make(*event_types: str, url: str = "") -> tuple[WebhookEndpoint, str]:
        return create_endpoint(
            organization=cast.organization,
            url=check_url(url or receiver.url),
            event_types=event_types or ["*"],
        )

    return make


@pytest.fixture
def manager(cast: Cast) -> Client:
    """A client with a key of the organization that may manage webhooks."""
    return Client(headers=bearer(make_key(cast.organization, scopes=[Scope.WEBHOOKS])[1]))


@pytest.fixture
def stranger(cast: Cast) -> Client:
    """A client with such a key of another organization."""
    return Client(headers=bearer(make_key(cast.other_organization, scopes=[Scope.WEBHOOKS])[1]))


def call(client: Client, method: str, path: str, body: Any = None) -> Any:
    data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return getattr(client, method)(f"/api/v1/webhooks{path}", **data)


def happen(endpoint: WebhookEndpoint) -> WebhookDelivery:
    [delivery] = send_event([endpoint], event_type=EventType.COMPLETED, data={"id": "1"})
    return delivery


def run() -> None:
    """What is due, with what was put off."""
    Job.objects.filter(status=Job.Status.READY).update(run_after=None)
    asyncio.run(run_all_jobs())


def now(delivery: WebhookDelivery) -> WebhookDelivery:
    return WebhookDelivery.objects.get(id=delivery.id)


def waiting_jobs() -> list[Job]:
    return list(Job.objects.filter(status=Job.Status.READY))
