"""What we promise, held against what was measured. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bench_jobs.cases import Result
from bench_jobs.contender import Case

Verdict = Literal["pass", "FAIL", "not measured"]

NOOP_TASKS = 20_000
SLEEP_TASKS = 2_000
LATENCY_TASKS = 500
LONGEST_P99_MS = 10.0
LONGEST_SLEEP_S = 4.6
LARGEST_RSS_MB = 120.0
SOAK_TASKS = 100_000
LARGEST_GROWTH_MB = 10.0
TIMES_CELERY = {"ours, SQLite": 8.0, "ours, PostgreSQL": 4.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    promise: str
    measured: str
    verdict: Verdict


def check_targets(results: Sequence[Result]) -> list[Check]:
    """`results` are the best of each contender and case."""
    return [check for ours in TIMES_CELERY for check in _checks_of(ours, results)]


def best_celery(results: Sequence[Result]) -> float | None:
    rates = [one.tasks_per_s for one in results if one.group == "celery" and one.tasks_per_s]
    return max(rates, default=None)


def _checks_of(ours: str, results: Sequence[Result]) -> list[Check]:
    own = {one.case: one for one in results if one.contender == ours}
    return [
        _times_celery(ours, own.get("noop"), best_celery(results)),
        _at_most(
            f"{ours}: p99 from enqueue to start ≤ {LONGEST_P99_MS:g} ms at 50/s",
            own.get("latency"),
            "p99_ms",
            limit=LONGEST_P99_MS,
            least=LATENCY_TASKS,
        ),
        _at_most(
            f"{ours}: 2,000 tasks of 1 s on 500 slots in ≤ {LONGEST_SLEEP_S:g} s",
            own.get("sleep"),
            "seconds",
            limit=LONGEST_SLEEP_S,
            least=SLEEP_TASKS,
        ),
        _memory(ours, list(own.values())),
        _at_most(
            f"{ours}: memory grows by ≤ {LARGEST_GROWTH_MB:g} MB over {SOAK_TASKS:,} tasks",
            own.get("noop"),
            "rss_growth_mb",
            limit=LARGEST_GROWTH_MB,
            least=SOAK_TASKS,
        ),
    ]


def _times_celery(ours: str, own: Result | None, celery: float | None) -> Check:
    promise = f"{ours}: no-op tasks/s ≥ {TIMES_CELERY[ours]:g} × the best Celery pool"
    if celery is None:
        return _unknown(promise, "Celery has no figure")
    reason = _doubt(own, least=NOOP_TASKS)
    if own is None or own.tasks_per_s is None or reason:
        return _unknown(promise, reason or "no figure")
    ratio = own.tasks_per_s / celery
    return Check(
        promise=promise, measured=f"{ratio:.1f} ×", verdict=_verdict(own, ratio >= TIMES_CELERY[ours])
    )


def _at_most(promise: str, own: Result | None, field: str, *, limit: float, least: int) -> Check:
    value: float | None = getattr(own, field, None)
    reason = _doubt(own, least=least)
    if own is None or value is None or reason:
        return _unknown(promise, reason or "no figure")
    return Check(promise=promise, measured=f"{value:.2f}", verdict=_verdict(own, value <= limit))


def _memory(ours: str, own: Sequence[Result]) -> Check:
    promise = f"{ours}: worker ≤ {LARGEST_RSS_MB:g} MB in every case"
    cases: set[Case] = {"noop", "latency", "sleep"}
    absent = sorted(cases - {one.case for one in own})
    if absent:
        return _unknown(promise, f"no figure of {', '.join(absent)}")
    largest = max(one.rss_mb for one in own)
    return Check(
        promise=promise,
        measured=f"{largest:.0f} MB",
        verdict="pass" if largest <= LARGEST_RSS_MB else "FAIL",
    )


def _doubt(own: Result | None, *, least: int) -> str:
    if own is None:
        return "no figure"
    return f"{own.tasks} tasks are too few to tell: {least} are meant" if own.tasks < least else ""


def _verdict(own: Result, holds: bool) -> Verdict:
    """A figure with a fault is no figure to be proud of."""
    return "pass" if holds and not own.faults else "FAIL"


def _unknown(promise: str, reason: str) -> Check:
    return Check(promise=promise, measured=reason, verdict="not measured")
