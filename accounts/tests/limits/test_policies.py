import pytest
from django.test import RequestFactory
from pytest_django import Settings

from accounts.limits.buckets import Bucket, Rate
from accounts.limits.policies import (
    RouteClass,
    buckets_of_address,
    buckets_of_caller,
    class_of_method,
    rates_of_nobody,
)
from accounts.models import ApiKey, Membership, Organization
from accounts.testing import Cast, make_cast

ANYBODY = RequestFactory().get("/", REMOTE_ADDR="2001:db8:1:2:3:4:5:6")
READS = {
    "key": {"tokens": 10, "refill_per_s": 1},
    "organization": {"tokens": 20, "refill_per_s": 2},
    "address": {"tokens": 30, "refill_per_s": 3},
}


@pytest.fixture
def cast(db: None, settings: Settings) -> Cast:
    settings.RATE_LIMITS = {"read": READS, "anonymous": {"address": READS["address"]}}
    return make_cast()


def of_caller(caller: ApiKey | Membership, route_class: RouteClass = RouteClass.READ) -> list[Bucket]:
    return buckets_of_caller(ANYBODY, caller=caller, route_class=route_class)


def key_of(organization: Organization) -> ApiKey:
    return organization.api_keys.select_related("organization").get()


def test_a_key_takes_from_its_own_bucket_that_of_its_organization_and_that_of_its_address(cast: Cast) -> None:
    api_key = key_of(cast.organization)
    assert [(one.policy, one.subject, one.rate.tokens) for one in of_caller(api_key)] == [
        ("read-key", f"key-{api_key.pk}", 10),
        ("read-organization", str(cast.organization.pk), 20),
        ("read-address", "2001:db8:1:2::/64", 30),
    ]


def test_a_member_who_is_logged_in_has_a_bucket_as_a_key_has(cast: Cast) -> None:
    alice = Membership.objects.select_related("organization").get(user=cast.alice)
    bob = Membership.objects.select_related("organization").get(user=cast.bob)
    (own, shared, _), (own_of_bob, shared_of_bob, _) = of_caller(alice), of_caller(bob)
    assert (own.policy, own.subject) == ("read-key", f"member-{alice.pk}")
    assert own.key != own_of_bob.key
    assert shared == shared_of_bob


def test_what_has_no_policy_is_not_limited(cast: Cast) -> None:
    assert of_caller(key_of(cast.organization), RouteClass.BATCH) == []
    assert buckets_of_address(ANYBODY, route_class=RouteClass.LOGIN) == []


def test_who_is_not_known_is_counted_by_address_alone(cast: Cast) -> None:
    [one] = buckets_of_address(ANYBODY, route_class=RouteClass.ANONYMOUS)
    assert (one.policy, one.subject) == ("anonymous-address", "2001:db8:1:2::/64")


def test_a_plan_says_how_often_and_where_it_is_silent_the_installation_does(cast: Cast) -> None:
    plan = {"read": {"key": {"tokens": 5, "refill_per_s": 1}}}
    cast.organization.plan_overrides = {"rates": plan}
    cast.organization.save()
    assert [(one.policy, one.rate.tokens) for one in of_caller(key_of(cast.organization))] == [
        ("read-key", 5)
    ]
    cast.organization.plan_overrides = {"rates": {"write": plan["read"]}}
    cast.organization.save()
    assert [one.rate.tokens for one in of_caller(key_of(cast.organization))] == [10, 20, 30]


def test_a_key_can_have_one_bucket_more_for_all_that_it_does(cast: Cast) -> None:
    api_key = key_of(cast.organization)
    api_key.requests_per_minute = 90
    reads, batches = of_caller(api_key), of_caller(api_key, RouteClass.BATCH)
    assert [one.policy for one in reads] == ["read-key", "read-organization", "read-address", "all-key"]
    assert batches == [reads[3]]
    assert reads[3].rate == Rate(tokens=90, refill_per_s=1.5)


@pytest.mark.parametrize(
    ("method", "route_class"),
    [("GET", "read"), ("HEAD", "read"), ("OPTIONS", "read"), ("POST", "write"), ("DELETE", "write")],
)
def test_by_default_a_class_follows_from_the_method(method: str, route_class: str) -> None:
    assert class_of_method(method) == route_class


def test_every_class_is_limited_by_default() -> None:
    limited = {one.value: sorted(rates_of_nobody(one)) for one in RouteClass}
    everybody = ["address", "key", "organization"]
    assert [limited.pop(name) for name in ("login", "anonymous")] == [["address"]] * 2
    assert limited == dict.fromkeys(("generate", "batch", "read", "write"), everybody)
