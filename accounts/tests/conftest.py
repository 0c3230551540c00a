import pytest
from pytest_django import Settings

BACKEND = "codegen_site.redis_cache.RedisCache"


@pytest.fixture
def redis(settings: Settings, redis_url: str) -> None:
    settings.CACHES = {"default": {"BACKEND": BACKEND, "LOCATION": redis_url}}
    from django.core.cache import cache  # noqa: PLC0415 - the one of these settings

    cache.clear()


@pytest.fixture
def no_redis(settings: Settings) -> None:
    """One is configured, and away."""
    options = {"SOCKET_CONNECT_TIMEOUT": 0.2}
    location = "redis://127.0.0.1:1/0"
    settings.CACHES = {"default": {"BACKEND": BACKEND, "LOCATION": location, "OPTIONS": options}}
