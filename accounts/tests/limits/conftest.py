from collections.abc import Callable

import pytest
from django.core.cache import cache
from pytest_django import Settings

from accounts.limits.buckets import Bucket, Rate

BucketOf = Callable[..., Bucket]


@pytest.fixture
def redis(settings: Settings, redis_url: str) -> str:
    """A real one, and nothing of the limits in it."""
    use_redis(settings, redis_url)
    cache.clear()
    return redis_url


def use_redis(settings: Settings, url: str) -> None:
    options = {"SOCKET_CONNECT_TIMEOUT": 0.3, "SOCKET_TIMEOUT": 0.3}
    settings.CACHES = {
        "default": {
            "BACKEND": "codegen_site.redis_cache.RedisCache",
            "LOCATION": url,
            "KEY_PREFIX": "codegen",
            "OPTIONS": options,
        }
    }


def bucket(
    subject: str = "me", *, tokens: int = 10, refill_per_s: float = 0.01, scope: str = "key"
) -> Bucket:
    """One that hardly refills while a test runs."""
    rate = Rate(tokens=tokens, refill_per_s=refill_per_s)
    return Bucket(route_class="generate", scope=scope, subject=subject, rate=rate)
