"""Logins with a Redis that is frozen, killed, and comes back: a real one."""

import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.login.sessions import CACHED_S
from accounts.models import User
from accounts.testing import make_user
from accounts.tests.login.browser import PASSWORD, Browser
from codegen_site.tests.plugin import free_port, serving
from codegen_site.up.servers import redis_server

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def alice(settings: Settings, db: None) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_user("alice@example.org", password=PASSWORD)


@pytest.fixture
def own_redis(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    """One that can be frozen and killed."""
    port = free_port()
    with serving(redis_server(port=port)) as process:
        settings.CACHES = {
            "default": {
                "BACKEND": "codegen_site.redis_cache.RedisCache",
                "LOCATION": f"redis://127.0.0.1:{port}/0",
                "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.5},
            }
        }
        yield process
        process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("trouble", [signal.SIGSTOP, signal.SIGKILL], ids=["frozen", "killed"])
def test_without_redis_it_goes_on_from_sql_and_nobody_waits(
    alice: User, own_redis: "subprocess.Popen[bytes]", trouble: signal.Signals
) -> None:
    before = Browser()
    before.log_in()
    own_redis.send_signal(trouble)
    assert before.is_logged_in  # one request finds out
    started = time.perf_counter()
    during = Browser()
    assert during.log_in().status_code == 302
    assert during.is_logged_in
    during.send("sessions-end")
    assert not before.is_logged_in
    during.send("logout")
    assert not during.is_logged_in
    assert time.perf_counter() - started < 4


def test_what_redis_slept_through_it_does_not_bring_back_for_long(
    alice: User, own_redis: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.login.sessions.CACHED_S", 2)
    monkeypatch.setattr("codegen_site.redis_cache.ASK_AGAIN_AFTER_S", 0.2)
    browser = Browser()
    browser.log_in()
    assert browser.is_logged_in
    own_redis.send_signal(signal.SIGSTOP)
    other = Browser()
    other.log_in()
    other.send("sessions-end")
    own_redis.send_signal(signal.SIGCONT)
    time.sleep(2.2)
    assert not browser.is_logged_in
    assert CACHED_S <= 30
