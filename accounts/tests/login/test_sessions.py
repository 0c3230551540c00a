"""Where somebody is logged in: seen, ended, ending by itself; with Redis in front of SQL."""

import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.login.devices import describe_device
from accounts.login.sessions import SEEN_EVERY_S, SessionStore, forget_expired_sessions, hash_of
from accounts.models import Session, User
from accounts.tests.login.browser import Browser

BACKEND = "codegen_site.redis_cache.RedisCache"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


def key_of(browser: Browser) -> str:
    return browser.client.cookies[django_settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def redis(settings: Settings, redis_url: str) -> None:
    settings.CACHES = {"default": {"BACKEND": BACKEND, "LOCATION": redis_url}}
    cache.clear()


@pytest.mark.django_db
def test_every_session_is_seen_with_its_device_its_address_and_its_time(alice: User) -> None:
    Browser(address="198.51.100.1", user_agent=FIREFOX).log_in()
    browser = Browser()
    browser.log_in()
    page = browser.open("account").content.decode()
    for text in ("Firefox on Windows", "198.51.100.1", "Firefox on Linux", "203.0.113.7", "This device"):
        assert text in page
    seen = Session.objects.get(address="198.51.100.1")
    assert timezone.now() - seen.seen_at < timedelta(seconds=5)
    assert seen.user == alice


@pytest.mark.django_db
def test_one_session_is_ended_and_the_others_go_on(alice: User) -> None:
    here, there, elsewhere = Browser(), Browser(), Browser()
    for browser in (here, there, elsewhere):
        browser.log_in()
    ended = Session.objects.get(pk=hash_of(key_of(there)))
    here.send("session-end", arguments={"session_id": ended.id})
    assert [browser.is_logged_in for browser in (here, there, elsewhere)] == [True, False, True]


@pytest.mark.django_db
def test_all_others_are_ended_at_once(alice: User) -> None:
    browsers = [Browser() for _ in range(3)]
    for browser in browsers:
        browser.log_in()
    browsers[0].send("sessions-end")
    assert [browser.is_logged_in for browser in browsers] == [True, False, False]


@pytest.mark.django_db
def test_nobody_ends_the_session_of_somebody_else(alice: User) -> None:
    User.objects.create_user("mallory@example.org", "her own password")
    hers, ours = Browser(), Browser()
    hers.log_in("mallory@example.org", "her own password")
    ours.log_in()
    session = Session.objects.get(user=alice)
    assert hers.send("session-end", arguments={"session_id": session.id}).status_code == 404
    assert ours.is_logged_in


@pytest.mark.django_db
def test_whoever_reads_the_table_is_nobody_by_it(alice: User) -> None:
    browser = Browser()
    browser.log_in()
    session = Session.objects.get()
    assert key_of(browser) not in (session.pk, session.data, str(session.id))
    thief = Browser()
    thief.client.cookies[django_settings.SESSION_COOKIE_NAME] = session.pk
    assert not thief.is_logged_in


@pytest.mark.django_db
def test_what_is_in_it_cannot_be_made_up(alice: User) -> None:
    browser = Browser()
    browser.log_in()
    row = Session.objects.get()
    row.data = row.data.replace(row.data[20:24], "AAAA")
    row.save()
    assert not browser.is_logged_in


@pytest.mark.django_db
def test_it_ends_when_nobody_comes_and_a_visit_keeps_it(alice: User, settings: Settings) -> None:
    settings.SESSION_IDLE_S = 600
    browser = Browser()
    browser.log_in()
    began = Session.objects.get().expires_at
    assert timedelta(seconds=590) < began - timezone.now() <= timedelta(seconds=600)
    _pretend_it_was_seen(SEEN_EVERY_S + 300)
    assert browser.is_logged_in
    assert Session.objects.get().expires_at - timezone.now() > timedelta(seconds=590)
    _pretend_it_was_seen(601)
    assert not browser.is_logged_in
    assert forget_expired_sessions() == 1


@pytest.mark.django_db
def test_it_ends_in_any_case_however_often_it_is_used(alice: User, settings: Settings) -> None:
    settings.SESSION_IDLE_S, settings.SESSION_LIFETIME_S = 600, 3_600
    browser = Browser()
    browser.log_in()
    _pretend_it_was_seen(SEEN_EVERY_S + 1, began_ago=3_500)
    assert browser.is_logged_in
    left = Session.objects.get().expires_at - timezone.now()
    assert timedelta(seconds=80) < left < timedelta(seconds=101)


def _pretend_it_was_seen(seconds_ago: float, *, began_ago: float | None = None) -> None:
    row = Session.objects.get()
    store = SessionStore()
    data = store.decode(row.data)
    data["_seen"] = time.time() - seconds_ago
    data["_began"] = time.time() - began_ago if began_ago else data["_began"]
    row.data = store.encode(data)
    row.expires_at = min(
        row.expires_at, timezone.now() + timedelta(seconds=django_settings.SESSION_IDLE_S - seconds_ago)
    )
    row.save()


@pytest.mark.django_db
def test_a_visit_is_written_once_a_minute(alice: User) -> None:
    browser = Browser()
    browser.log_in()
    before = Session.objects.get().seen_at
    browser.open("account")
    assert Session.objects.get().seen_at == before


@pytest.mark.django_db
def test_what_was_ended_meanwhile_does_not_come_back(alice: User) -> None:
    browser = Browser()
    browser.log_in()
    store = SessionStore(key_of(browser))
    assert store["_auth_user_id"] == str(alice.pk)
    Session.objects.all().delete()
    store["x"] = 1
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/130.0.0.0 Safari/537.36", "Chrome on macOS"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown device"),
        ("<script>alert(1)</script>" * 1_000, "Unknown device"),
    ],
)
def test_a_device_is_told_in_two_words(user_agent: str, device: str) -> None:
    assert describe_device(user_agent) == device


@pytest.mark.servers
@pytest.mark.django_db
def test_redis_saves_the_look_up(
    alice: User, redis: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = Browser()
    browser.log_in()
    assert SessionStore(key_of(browser))["_auth_user_id"] == str(alice.pk)
    with django_assert_num_queries(0):
        assert SessionStore(key_of(browser))["_auth_user_id"] == str(alice.pk)
    cache.clear()
    with django_assert_num_queries(1):
        assert SessionStore(key_of(browser))["_auth_user_id"] == str(alice.pk)


@pytest.mark.servers
@pytest.mark.django_db(transaction=True)
def test_an_ended_session_is_ended_in_redis_too(alice: User, redis: None) -> None:
    here, there = Browser(), Browser()
    here.log_in()
    there.log_in()
    here.send("sessions-end")
    assert not there.is_logged_in
    assert here.is_logged_in
