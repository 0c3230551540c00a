"""Many failures make one wait, nobody for ever, and never the owner at a known device."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.login.delays import LONGEST, POLICIES, delay_after
from accounts.login.guard import Subject, forget_lock_outs, give_back, take_attempt
from accounts.models import LockOut, User
from accounts.tests.login.browser import Browser, errors_of
from codegen_site.errors import RateLimitException

ACCOUNT = Subject(LockOut.Kind.ACCOUNT, "alice@example.org")
FREE = POLICIES[LockOut.Kind.ACCOUNT].free


def wait_for(subject: Subject) -> float:
    """How long the next attempt has to wait."""
    with pytest.raises(RateLimitException) as caught:
        take_attempt(subject)
    return caught.value.retry_after or 0


def let_time_pass(passed: timedelta) -> None:
    for row in LockOut.objects.all():
        row.failed_at -= passed
        row.blocked_until = row.blocked_until and row.blocked_until - passed
        row.save()


def fail(browser: Browser, times: int, email: str = "alice@example.org") -> None:
    for _ in range(times):
        assert browser.log_in(email, "wrong").status_code == 200


def test_the_first_few_cost_nothing_and_the_next_ones_twice_as_much_each() -> None:
    policy = POLICIES[LockOut.Kind.ACCOUNT]
    delays = [delay_after(failures, policy).total_seconds() for failures in range(1, FREE + 5)]
    assert delays == [0] * FREE + [1, 2, 4, 8]


@pytest.mark.parametrize("kind", LockOut.Kind.values)
def test_no_wait_is_longer_than_its_end(kind: str) -> None:
    policy = POLICIES[kind]
    assert delay_after(10**9, policy) == policy.longest
    assert kind == LockOut.Kind.LETTER or policy.longest <= LONGEST


@pytest.mark.django_db
def test_a_wait_is_not_prolonged_by_knocking_meanwhile() -> None:
    for _ in range(FREE + 1):
        take_attempt(ACCOUNT)
    waits = [wait_for(ACCOUNT) for _ in range(20)]
    assert 0 < waits[-1] <= waits[0] <= 1
    let_time_pass(timedelta(seconds=1))
    take_attempt(ACCOUNT)
    assert wait_for(ACCOUNT) > 1


@pytest.mark.django_db
def test_after_a_while_all_is_forgotten() -> None:
    for _ in range(FREE + 1):
        take_attempt(ACCOUNT)
    let_time_pass(timedelta(days=1, minutes=1))
    assert forget_lock_outs() == 1
    for _ in range(FREE):
        take_attempt(ACCOUNT)
    let_time_pass(timedelta(days=1, minutes=1))
    for _ in range(FREE):
        take_attempt(ACCOUNT)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_a_few_get_through() -> None:
    def attempt(_: int) -> bool:
        try:
            take_attempt(ACCOUNT)
        except RateLimitException:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(max_workers=16) as threads:
        passed = sum(threads.map(attempt, range(100)))
    assert passed == FREE + 1
    assert LockOut.objects.get().failures == passed


@pytest.mark.django_db
def test_the_right_password_is_refused_too_while_one_waits_and_says_how_long(alice: User) -> None:
    fail(Browser(), FREE + 1)
    response = Browser(address="203.0.113.8").log_in()
    assert response.status_code == 429
    assert response["Retry-After"] == "1"
    assert errors_of(response) == ["Too many attempts. Try again in 1 seconds."]
    let_time_pass(timedelta(seconds=1))
    assert Browser(address="203.0.113.8").log_in().status_code == 302


@pytest.mark.django_db
def test_an_account_that_is_not_there_is_guarded_alike(alice: User) -> None:
    def course(email: str) -> list[tuple[int, list[str]]]:
        browser = Browser()
        answers = [browser.log_in(email, "wrong") for _ in range(FREE + 3)]
        return [(answer.status_code, errors_of(answer)) for answer in answers]

    known = course("alice@example.org")
    LockOut.objects.filter(kind=LockOut.Kind.ADDRESS).delete()
    assert course("nobody@example.org") == known


@pytest.mark.django_db
def test_a_stranger_never_keeps_the_owner_out_of_a_device_that_was_used_before(alice: User) -> None:
    at_home = Browser()
    at_home.log_in()
    at_home.send("logout")
    stranger = Browser(address="198.51.100.1")
    fail(stranger, FREE + 1)
    assert stranger.log_in().status_code == 429
    assert at_home.log_in().status_code == 302


@pytest.mark.django_db
def test_a_device_is_known_for_the_account_that_was_used_on_it_alone(alice: User) -> None:
    User.objects.create_user("mallory@example.org", "her own password")
    mallory = Browser()
    mallory.log_in("mallory@example.org", "her own password")
    fail(mallory, FREE + 1)
    assert LockOut.objects.get(kind=LockOut.Kind.ACCOUNT, subject="alice@example.org").failures == FREE + 1


@pytest.mark.django_db
def test_a_device_that_was_stolen_guesses_no_faster(alice: User) -> None:
    browser = Browser()
    browser.log_in()
    browser.send("logout")
    fail(browser, POLICIES[LockOut.Kind.DEVICE].free + 1)
    assert browser.log_in().status_code == 429


@pytest.mark.django_db
def test_many_accounts_are_not_tried_from_one_address(db: None) -> None:
    browser = Browser()
    for number in range(POLICIES[LockOut.Kind.ADDRESS].free + 1):
        fail(browser, 1, f"user{number}@example.org")
    assert browser.log_in("another@example.org", "wrong").status_code == 429
    assert Browser(address="198.51.100.1").log_in("another@example.org", "wrong").status_code == 200


@pytest.mark.django_db
def test_logging_in_to_ones_own_account_in_between_does_not_help(alice: User) -> None:
    User.objects.create_user("mallory@example.org", "her own password")
    browser = Browser()
    for number in range(POLICIES[LockOut.Kind.ADDRESS].free + 1):
        fail(browser, 1, f"user{number}@example.org")
        if number % 5 == 1:
            assert browser.log_in("mallory@example.org", "her own password").status_code == 302
    assert browser.log_in("another@example.org", "wrong").status_code == 429


@pytest.mark.django_db
def test_a_whole_office_logs_in_from_one_address(db: None) -> None:
    for number in range(2 * POLICIES[LockOut.Kind.ADDRESS].free):
        email = f"user{number}@example.org"
        User.objects.create_user(email, "a good password")
        assert Browser().log_in(email, "a good password").status_code == 302


@pytest.mark.django_db
def test_the_owner_s_success_ends_the_count_of_the_account(alice: User) -> None:
    fail(Browser(address="198.51.100.1"), FREE)
    Browser().log_in()
    row = LockOut.objects.get(kind=LockOut.Kind.ACCOUNT)
    assert (row.failures, row.blocked_until) == (0, None)


@pytest.mark.django_db
def test_an_attempt_that_is_given_back_leaves_those_before_it() -> None:
    for _ in range(3):
        take_attempt(ACCOUNT)
    give_back(ACCOUNT)
    assert LockOut.objects.get().failures == 2


@pytest.mark.django_db
def test_where_they_come_from_is_told_by_trusted_proxies_alone(alice: User, settings: Settings) -> None:
    browser = Browser(address="127.0.0.1")
    browser.client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.99"
    browser.log_in(password="wrong")
    assert LockOut.objects.filter(kind=LockOut.Kind.ADDRESS, subject="127.0.0.1").exists()
