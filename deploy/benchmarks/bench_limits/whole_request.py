"""A call of the API with its limits and without, through all of Django, on SQLite.

Beside the time stands that of the CPU: on a machine with others, whoever waits for Redis waits for them too.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.testing import bearer, make_key

CALLS = 10
PATH = "/api/v1/frameworks"


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestTime:
    name: str
    p50_us: float
    cpu_us: float


def measure_requests(*, rounds: int) -> list[RequestTime]:
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    client = Client(headers=bearer(make_key()[1]))
    limits: dict[str, dict[str, Any]] = {"limited": settings.RATE_LIMITS, "not limited": {}}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in limits}
    for _ in range(rounds * CALLS):
        for name, settings.RATE_LIMITS in limits.items():
            took[name].append(_time_of(client))
    return [_median(f"GET {PATH}, {name}", times) for name, times in took.items()]


def _time_of(client: Client) -> tuple[float, float]:
    started, cpu = time.perf_counter(), time.process_time()
    response = client.get(PATH)
    assert response.status_code == 200, response.content
    return (time.perf_counter() - started) * 1e6, (time.process_time() - cpu) * 1e6


def _median(name: str, times: Sequence[tuple[float, float]]) -> RequestTime:
    wall, cpu = zip(*times, strict=True)
    return RequestTime(name=name, p50_us=median(wall), cpu_us=median(cpu))
