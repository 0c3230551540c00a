"""A quota that is nearly used up is told by webhook and by e-mail, and a plan weighs in the queue."""

import json
from collections.abc import Callable

import pytest
from django.core import mail

from accounts.ledger.notices import tell_thresholds
from accounts.ledger.testing import bill, hold, limit
from accounts.models import QuotaNotice
from accounts.plans.services import change_plan
from accounts.testing import Cast
from generation.models import WebhookEndpoint, WebhookEvent
from generation.quota_mail import mail_quota_notice
from generation.tests.webhooks.conftest import receiver, run, subscribe  # noqa: F401 - fixtures
from generation.tests.webhooks.receiver import Receiver
from jobs.models import Job, OwnerWeight

pytestmark = pytest.mark.django_db(transaction=True)

Subscribe = Callable[..., tuple[WebhookEndpoint, str]]


def use_up(cast: Cast) -> None:
    limit(cast.organization, money_per_month_microusd=1_000)
    bill(cast.organization, hold(cast.organization, 0), 900)
    tell_thresholds()


def test_a_webhook_and_the_owner_are_told_once(
    cast: Cast,
    receiver: Receiver,  # noqa: F811
    subscribe: Subscribe,  # noqa: F811
) -> None:
    subscribe("quota.threshold")
    subscribe("generation.completed")
    use_up(cast)
    assert mail.outbox == []
    run()
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]
    [request] = receiver.received
    notice = QuotaNotice.objects.get()
    body = json.loads(request.body)
    assert body["type"] == "quota.threshold"
    assert body["data"]["resets_at"].endswith("Z")
    assert body["data"] | {"resets_at": None} == {
        "id": str(notice.id),
        "object": "quota_notice",
        "quota": "money_per_month",
        "unit": "micro_usd",
        "percent": 80,
        "used": 900,
        "limit": 1_000,
        "api_key_id": None,
        "resets_at": None,
    }
    tell_thresholds()
    run()
    assert (len(mail.outbox), len(receiver.received)) == (1, 1)


def test_without_webhooks_only_the_mail_is_sent(cast: Cast) -> None:
    use_up(cast)
    assert not WebhookEvent.objects.exists()
    assert Job.objects.get().task_path == mail_quota_notice.module_path


def test_the_share_of_a_plan_is_the_weight_in_the_queue(cast: Cast) -> None:
    owner = str(cast.organization.pk)
    change_plan(organization=cast.organization, plan="business")
    assert OwnerWeight.objects.get(owner=owner).weight == 2.0
    change_plan(organization=cast.organization, overrides={"queue_share": 0.25})
    assert OwnerWeight.objects.get(owner=owner).weight == 0.25
    change_plan(organization=cast.organization, plan="unlimited", overrides={})
    assert not OwnerWeight.objects.exists()
