"""Members and keys are limited by the plan; two at once do not both get the last place."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.ledger.places import take_place_of_key, take_place_of_member
from accounts.ledger.testing import limit
from accounts.models import ApiKey, Membership, Organization, QuotaNotice
from accounts.testing import make_key, make_member, make_organization, make_user
from codegen_site.errors import QuotaExceeded


def add_member(organization: Organization) -> None:
    with transaction.atomic():
        take_place_of_member(organization)
        make_member(organization)


@pytest.mark.django_db
def test_members_are_counted() -> None:
    organization = limit(make_organization(owner=make_user()), members=2)
    add_member(organization)
    with pytest.raises(QuotaExceeded) as refused:
        add_member(organization)
    assert refused.value.details == {
        "quota": "members",
        "unit": "members",
        "limit": 2,
        "used": 2,
        "reserved": 0,
        "resets_at": None,
        "requested": 1,
    }
    assert Membership.objects.count() == 2
    assert QuotaNotice.objects.filter(quota="members").exists()


@pytest.mark.django_db
def test_who_is_only_invited_may_be_counted_too() -> None:
    organization = limit(make_organization(), members=2)
    take_place_of_member(organization, taken=1)
    with pytest.raises(QuotaExceeded):
        take_place_of_member(organization, taken=2)


@pytest.mark.django_db
def test_keys_that_work_are_counted() -> None:
    organization = limit(make_organization(), keys=2)
    make_key(organization, expires_at=timezone.now() - timedelta(days=1))
    revoked = make_key(organization)[0]
    ApiKey.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    make_key(organization)
    take_place_of_key(organization)
    make_key(organization)
    with pytest.raises(QuotaExceeded):
        take_place_of_key(organization)


@pytest.mark.django_db
def test_without_a_limit_there_is_always_a_place() -> None:
    organization = make_organization()
    for _ in range(3):
        add_member(organization)
    assert not QuotaNotice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_one_gets_the_last_place(stored_jobs: None) -> None:
    organization = limit(make_organization(), members=1)
    together = threading.Barrier(6)

    def ask(number: int) -> bool:
        together.wait(10)
        try:
            add_member(organization)
        except QuotaExceeded:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as threads:
        assert sum(threads.map(ask, range(6))) == 1
    assert Membership.objects.count() == 1
