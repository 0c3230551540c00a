"""What operators see and do: never a secret."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.testing import make_user
from generation.models import EventType, WebhookDelivery, WebhookEndpoint
from generation.webhooks.events import send_event
from jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)

Subscribe = Callable[..., tuple[WebhookEndpoint, str]]


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(make_user(is_staff=True))
    return client


def act(client: Client, model: str, action: str, *ids: object) -> str:
    data = {"action": action, "_selected_action": [str(one) for one in ids]}
    return client.post(reverse(f"admin:generation_{model}_changelist"), data, follow=True).content.decode()


def test_the_pages_open_without_a_secret(operator: Client, subscribe: Subscribe) -> None:
    endpoint, secret = subscribe()
    [delivery] = send_event([endpoint], event_type=EventType.COMPLETED, data={})
    for address in (
        reverse("admin:generation_webhookendpoint_changelist"),
        reverse("admin:generation_webhookendpoint_change", args=[endpoint.id]),
        reverse("admin:generation_webhookdelivery_changelist"),
        reverse("admin:generation_webhookdelivery_change", args=[delivery.id]),
    ):
        page = operator.get(address)
        assert page.status_code == 200, address
        text = page.content.decode()
        assert endpoint.url in text
        assert secret not in text
        assert endpoint.secrets.get().encrypted not in text
        assert 'name="_save"' not in text


def test_an_operator_disables_and_enables(operator: Client, subscribe: Subscribe) -> None:
    endpoint, _ = subscribe()
    act(operator, "webhookendpoint", "disable", endpoint.id)
    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == "operator"
    act(operator, "webhookendpoint", "enable", endpoint.id)
    endpoint.refresh_from_db()
    assert endpoint.is_enabled


def test_an_operator_sends_again(operator: Client, subscribe: Subscribe) -> None:
    endpoint, _ = subscribe()
    [delivery] = send_event([endpoint], event_type=EventType.COMPLETED, data={})
    assert "being attempted already" in act(operator, "webhookdelivery", "resend", delivery.id)
    WebhookDelivery.objects.update(status="failed", next_attempt_at=None)
    act(operator, "webhookdelivery", "resend", delivery.id)
    assert (WebhookDelivery.objects.get().status, Job.objects.count()) == ("pending", 2)


def test_who_may_only_look_cannot_act(client: Client, subscribe: Subscribe) -> None:
    viewer = make_user()
    viewer.is_staff = True
    viewer.save()
    viewer.user_permissions.add(Permission.objects.get(codename="view_webhookendpoint"))
    client.force_login(viewer)
    endpoint, _ = subscribe()
    act(client, "webhookendpoint", "disable", endpoint.id)
    endpoint.refresh_from_db()
    assert endpoint.is_enabled
