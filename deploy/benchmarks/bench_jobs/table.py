"""The run for people. Pure."""

from collections.abc import Mapping, Sequence

from bench_jobs.cases import Result
from bench_jobs.contender import Contender
from bench_jobs.targets import Check, best_celery

HEADINGS = (
    "contender",
    "enqueued/s",
    "no-op/s",
    "× Celery",
    "µs CPU",
    "+ servers",
    "p50 ms",
    "p99 ms",
    "CPU s",
    "1 s tasks",
    "CPU s",
    "RSS MB",
    "strangers",
)
LEGEND = """\
no-op/s: from the first start to the last. × Celery: to its best pool. µs CPU: of the worker, a no-op task.
p50, p99: from the call of enqueue to the start, 50 a second. 1 s tasks: seconds, on 500 slots.
strangers: the part of the machine that others used meanwhile, at its worst."""


def render(
    contenders: Sequence[Contender],
    results: Sequence[Result],
    missing: Mapping[str, str],
    checks: Sequence[Check],
) -> str:
    celery = best_celery(results)
    rows = [HEADINGS, *(_row(one.name, results, celery) for one in contenders)]
    return "\n".join(
        (
            *_aligned(rows),
            "",
            LEGEND,
            "",
            *(f"{one.name}: {one.remark}" for one in contenders if one.remark),
            *(f"{one.contender}, {one.case}: {fault}" for one in results for fault in one.faults),
            *(f"not measured: {what}: {why}" for what, why in missing.items()),
            "",
            *(f"{one.verdict:12}  {one.promise}: {one.measured}" for one in checks),
        )
    )


def _row(name: str, results: Sequence[Result], celery: float | None) -> tuple[str, ...]:
    own = {one.case: one for one in results if one.contender == name}
    noop, latency, sleep = own.get("noop"), own.get("latency"), own.get("sleep")
    rate = noop.tasks_per_s if noop else None
    return (
        name,
        _number(noop.enqueued_per_s if noop else None, 0),
        _number(rate, 0),
        _number(rate / celery if rate and celery else None, 2),
        _number(noop.cpu_s / noop.tasks * 1e6 if noop else None, 0),
        _number(noop.servers_cpu_s / noop.tasks * 1e6 if noop else None, 0),
        _number(latency.p50_ms if latency else None, 1),
        _number(latency.p99_ms if latency else None, 1),
        _number(latency.cpu_s if latency else None, 1),
        _number(sleep.seconds if sleep else None, 2),
        _number(sleep.cpu_s if sleep else None, 1),
        _number(max((one.rss_mb for one in own.values()), default=None), 0),
        f"{max((one.strangers for one in own.values()), default=0):.0%}",
    )


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:,.{places}f}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
