"""At 80 and at 100 percent of a quota an organization is told, once in each period."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.ledger.mail import send_notice
from accounts.ledger.notices import reached, tell_refusal, tell_thresholds
from accounts.ledger.quota import Quota, QuotaState, Refusal
from accounts.ledger.stored_bytes import change_stored_bytes
from accounts.ledger.testing import bill, hold, limit
from accounts.models import ApiKey, Balance, Organization, QuotaNotice, Role
from accounts.signals import quota_threshold_reached
from accounts.testing import make_key, make_member, make_organization, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization() -> Organization:
    return make_organization("Acme & Sons", owner=make_user("alice@example.org"))


@pytest.fixture
def told() -> Iterator[list[tuple[str, int]]]:
    heard: list[tuple[str, int]] = []

    def hear(notice: QuotaNotice, **kwargs: Any) -> None:
        heard.append((notice.quota, notice.percent))

    quota_threshold_reached.connect(hear)
    yield heard
    quota_threshold_reached.disconnect(hear)


def spend(organization: Organization, microusd: int) -> None:
    bill(organization, hold(organization, 0), microusd)


@pytest.mark.parametrize(
    ("used", "limit_", "percents"),
    [(79, 100, []), (80, 100, [80]), (99, 100, [80]), (100, 100, [80, 100]), (3, 4, []), (5, 5, [80, 100])],
)
def test_which_thresholds_are_reached(used: int, limit_: int, percents: list[int]) -> None:
    assert reached(QuotaState(quota=Quota.MONEY, used=used, limit=limit_)) == percents


def test_without_a_limit_none_is_reached() -> None:
    assert reached(QuotaState(quota=Quota.MONEY, used=10**9)) == []
    assert reached(QuotaState(quota=Quota.MONEY, used=0, limit=0)) == []


def test_each_threshold_is_told_once(organization: Organization, told: list[tuple[str, int]]) -> None:
    limit(organization, money_per_month_microusd=1_000)
    spend(organization, 799)
    assert tell_thresholds() == 0
    spend(organization, 1)
    assert (tell_thresholds(), tell_thresholds()) == (1, 0)
    spend(organization, 250)
    assert (tell_thresholds(), tell_thresholds()) == (1, 0)
    assert told == [("money_per_month", 80), ("money_per_month", 100)]
    notice = QuotaNotice.objects.get(percent=100)
    assert (notice.used, notice.limit, notice.organization) == (1_050, 1_000, organization)
    assert notice.resets_at is not None
    assert notice.resets_at > timezone.now()


def test_of_both_at_once_the_higher_is_told(organization: Organization, told: list[tuple[str, int]]) -> None:
    limit(organization, money_per_month_microusd=1_000)
    spend(organization, 1_000)
    assert tell_thresholds() == 1
    assert told == [("money_per_month", 100)]
    assert tell_thresholds() == 0


def test_what_is_reserved_is_not_used(organization: Organization) -> None:
    limit(organization, money_per_month_microusd=1_000)
    hold(organization, 1_000)
    assert tell_thresholds() == 0


def test_every_quota_has_its_own(organization: Organization, told: list[tuple[str, int]]) -> None:
    limit(organization, tokens_per_month=10, requests_per_day=1, stored_bytes=100)
    change_stored_bytes(organization_id=organization.pk, by=85)
    bill(organization, hold(organization, 0), 0, tokens=9)
    assert tell_thresholds() == 3
    assert sorted(told) == [("requests_per_day", 100), ("stored_bytes", 80), ("tokens_per_month", 80)]


def test_the_next_period_is_told_of_again(organization: Organization, told: list[tuple[str, int]]) -> None:
    limit(organization, requests_per_day=1)
    hold(organization, 0)
    assert tell_thresholds() == 1
    yesterday = timezone.now().date() - timedelta(days=1)
    QuotaNotice.objects.update(period=str(yesterday))
    Balance.objects.update(day=yesterday)
    assert tell_thresholds() == 0
    hold(organization, 0)
    assert tell_thresholds() == 1


def test_a_key_with_a_budget_is_told_of_by_its_own(
    organization: Organization, told: list[tuple[str, int]]
) -> None:
    keys = [make_key(organization)[0] for _ in range(2)]
    ApiKey.objects.update(monthly_budget_microusd=100)
    for key in ApiKey.objects.all():
        bill(organization, hold(organization, 90, api_key=key), 90)
    assert tell_thresholds() == 2
    assert told == [("key_money_per_month", 80)] * 2
    assert set(QuotaNotice.objects.values_list("subject", flat=True)) == {str(key.pk) for key in keys}


def test_a_refusal_counts_as_used_up(organization: Organization, told: list[tuple[str, int]]) -> None:
    limit(organization, money_per_month_microusd=1_000)
    hold(organization, 700)
    for _ in range(2):
        with pytest.raises(Refusal) as refused, transaction.atomic():
            hold(organization, 400)
        tell_refusal(organization.pk, refused.value)
    assert told == [("money_per_month", 100)]


def test_owners_and_members_for_billing_get_a_mail_each(organization: Organization) -> None:
    make_member(organization, role=Role.BILLING, email="money@example.org")
    make_member(organization, role=Role.ADMIN, email="admin@example.org")
    left = make_member(organization, role=Role.OWNER, email="left@example.org")
    left.is_active = False
    left.save()
    make_organization("Elsewhere", owner=make_user("charlie@example.org"))
    limit(organization, money_per_month_microusd=5_000_000)
    spend(organization, 4_200_000)
    tell_thresholds()
    assert send_notice(QuotaNotice.objects.get().pk) == 2
    assert sorted(message.to for message in mail.outbox) == [["alice@example.org"], ["money@example.org"]]
    message = mail.outbox[0]
    assert message.subject == "Acme & Sons: 80 % of money of this month used"
    assert "used   4.20 USD" in message.body
    assert "limit  5.00 USD" in message.body
    assert "It begins anew on 1 " in message.body


def test_a_name_cannot_break_out_of_the_subject(organization: Organization) -> None:
    Organization.objects.filter(pk=organization.pk).update(name="Acme\r\nBcc: all@example.org")
    organization.refresh_from_db()
    limit(organization, requests_per_day=1)
    hold(organization, 0)
    tell_thresholds()
    send_notice(QuotaNotice.objects.get(percent=100).pk)
    assert mail.outbox[0].subject.startswith("Acme Bcc: all@example.org: 100 %")
    assert "Requests that need more of it are refused." in mail.outbox[0].body
