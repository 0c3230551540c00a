"""Whether the process lives, and whether everything behind it answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Literal

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse

from codegen_site.errors import AppException
from generation.integrations.litellm_proxy import model_from_settings
from jobs.health import check_nats

DEADLINE_S = 2.0

Status = Literal["ok", "degraded", "down"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Dependency:
    status: Literal["ok", "down"]
    latency_ms: float
    needed: bool


async def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is looked at."""
    return JsonResponse({"status": "ok"})


async def ready(request: HttpRequest) -> JsonResponse:
    """503 when something needed is down. Without Redis the service goes on, degraded."""
    checks: dict[str, tuple[Callable[[], Awaitable[object]], bool]] = {
        "database": (sync_to_async(_check_database, thread_sensitive=False), True),
        "nats": (check_nats, True),
        "llm": (model_from_settings().check_ready, True),
    }
    if not settings.CACHES["default"]["BACKEND"].endswith("DummyCache"):
        checks["redis"] = (sync_to_async(_check_redis, thread_sensitive=False), False)
    found = await asyncio.gather(*(_look_at(check, needed=needed) for check, needed in checks.values()))
    dependencies = dict(zip(checks, found, strict=True))
    status = _overall(dependencies)
    body = {"status": status, "dependencies": {name: asdict(one) for name, one in dependencies.items()}}
    return JsonResponse(body, status=503 if status == "down" else 200)


def _overall(dependencies: dict[str, Dependency]) -> Status:
    down = [one for one in dependencies.values() if one.status == "down"]
    if any(one.needed for one in down):
        return "down"
    return "degraded" if down else "ok"


async def _look_at(check: Callable[[], Awaitable[object]], *, needed: bool) -> Dependency:
    started = time.monotonic()
    status: Literal["ok", "down"] = "ok"
    try:
        async with asyncio.timeout(DEADLINE_S):
            await check()
    except (AppException, DatabaseError, TimeoutError):
        status = "down"
    latency = round((time.monotonic() - started) * 1000, 1)
    return Dependency(status=status, latency_ms=latency, needed=needed)


def _check_redis() -> None:
    cache.get("health")


def _check_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()
