"""The run for people, held against what we promise. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench_limits.latency import Latency
from bench_limits.race import REQUESTS, TOKENS, Race
from bench_limits.whole_request import RequestTime

OURS = "ours, 3 buckets"
TIMES_PING = 4.0
SHARE_OF_DRF = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    promise: str
    measured: str
    is_met: bool


def check_targets(latencies: Sequence[Latency], races: Sequence[Race]) -> list[Check]:
    p50 = {one.name: one.p50_us for one in latencies}
    to_ping, to_drf = p50[OURS] / p50["PING"], p50[OURS] / p50["DRF, 3 throttles"]
    passed = sorted({count for one in races if one.name.startswith("ours") for count in one.passed})
    return [
        Check(
            promise=f"{OURS}: p50 ≤ {TIMES_PING:g} × PING",
            measured=f"{to_ping:.2f} ×",
            is_met=to_ping <= TIMES_PING,
        ),
        Check(
            promise=f"{OURS}: p50 ≤ {SHARE_OF_DRF:g} × three throttles of DRF",
            measured=f"{to_drf:.2f} ×",
            is_met=to_drf <= SHARE_OF_DRF,
        ),
        Check(
            promise=f"ours: of {REQUESTS} at once exactly {TOKENS} pass",
            measured=", ".join(map(str, passed)),
            is_met=passed == [TOKENS],
        ),
    ]


def render(
    latencies: Sequence[Latency],
    races: Sequence[Race],
    requests: Sequence[RequestTime],
    checks: Sequence[Check],
) -> str:
    ping = latencies[0].p50_us
    passed = {one.name: _span(one.passed) for one in races}
    return "\n".join(
        (
            f"{'':34}{'p50 µs':>9}{'p99 µs':>9}{'× PING':>9}   of {REQUESTS} at once, {TOKENS} tokens",
            *(_row(one, ping, passed.get(one.name, "")) for one in latencies),
            "",
            f"{'':36}{'p50 µs':>8}{'CPU µs':>9}",
            *(f"{one.name:36}{one.p50_us:8,.0f}{one.cpu_us:9,.0f}" for one in requests),
            "",
            *(f"{'pass' if one.is_met else 'FAIL'}  {one.promise}: {one.measured}" for one in checks),
        )
    )


def _row(one: Latency, ping: float, passed: str) -> str:
    return f"{one.name:34}{one.p50_us:9,.0f}{one.p99_us:9,.0f}{one.p50_us / ping:9.2f}   {passed}".rstrip()


def _span(passed: Sequence[int]) -> str:
    return f"{min(passed)}–{max(passed)}" if min(passed) != max(passed) else str(passed[0])
