"""The three cases. Each returns one `Result`, or raises `NotMeasured`."""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench_jobs.contender import Case, Contender
from bench_jobs.processes import NotMeasured
from bench_jobs.records import Records, percentile, rate
from bench_jobs.session import WARM_UP, Session, Usage

PER_SECOND = 50.0
WARM_UPS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """How many tasks of each case."""

    noop: int
    latency: int
    sleep: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """Rates per second, CPU in seconds between the first and the last task."""

    group: str
    contender: str
    case: Case
    tasks: int
    enqueued_per_s: float | None = None
    tasks_per_s: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    seconds: float | None = None
    rss_mb: float = 0.0
    # From the first fifth of the tasks to the last one.
    rss_growth_mb: float | None = None
    cpu_s: float = 0.0
    servers_cpu_s: float = 0.0
    # The part of all cores that strangers used meanwhile: a figure beside much of it is too low.
    strangers: float = 0.0
    # Each of them spoils the figure, and is said in the table.
    faults: tuple[str, ...] = ()


def measure(contender: Contender, case: Case, sizes: Sizes) -> Result:
    with (
        tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder,
        Session(contender, case, folder=Path(folder)) as session,
    ):
        session.prepare()
        return MEASURES[case](session, contender, sizes)


def _noop(session: Session, contender: Contender, sizes: Sizes) -> Result:
    return _backlog(session, contender, "noop", max(2, int(sizes.noop * contender.share)))


def _sleep(session: Session, contender: Contender, sizes: Sizes) -> Result:
    return _backlog(session, contender, "sleep", sizes.sleep)


def _backlog(session: Session, contender: Contender, case: Case, count: int) -> Result:
    """Everything is enqueued before the worker starts, so that nobody competes with it."""
    enqueuing = session.enqueue(count)
    session.start_worker()
    session.wait_for_first()
    before = session.usage()
    session.wait()
    after = session.usage()
    records = session.records(count)
    if not records.starts:
        raise NotMeasured("no task ran")
    moments = [*records.starts.values(), *records.ends.values()]
    return Result(
        group=contender.group,
        contender=contender.name,
        case=case,
        tasks=count,
        enqueued_per_s=count / enqueuing if enqueuing else None,
        tasks_per_s=rate(list(records.starts.values())) if case == "noop" else None,
        seconds=max(moments) - min(moments) if case == "sleep" else None,
        rss_mb=session.rss_mb,
        rss_growth_mb=session.rss_mb - session.early_rss_mb if case == "noop" else None,
        cpu_s=after.worker - before.worker,
        servers_cpu_s=after.servers - before.servers,
        strangers=_strangers(before, after),
        faults=_faults(records, count, stored=session.stored(count)),
    )


def _latency(session: Session, contender: Contender, sizes: Sizes) -> Result:
    session.start_worker()
    session.enqueue(1, first=WARM_UP)
    session.wait()
    session.pace(min(WARM_UPS, sizes.latency), rate=PER_SECOND, first=WARM_UP + 1)
    before = session.usage()
    called = session.pace(sizes.latency, rate=PER_SECOND)
    session.wait()
    after = session.usage()
    records = session.records(sizes.latency)
    waits = [(moment - called[index]) * 1e3 for index, moment in records.starts.items()]
    if not waits:
        raise NotMeasured("no task ran")
    return Result(
        group=contender.group,
        contender=contender.name,
        case="latency",
        tasks=sizes.latency,
        p50_ms=percentile(waits, 0.5),
        p99_ms=percentile(waits, 0.99),
        rss_mb=session.rss_mb,
        cpu_s=after.worker - before.worker,
        servers_cpu_s=after.servers - before.servers,
        strangers=_strangers(before, after),
        faults=_faults(records, sizes.latency, stored=None),
    )


def _strangers(before: Usage, after: Usage) -> float:
    capacity = (after.moment - before.moment) * (os.cpu_count() or 1)
    return max(0.0, after.strangers - before.strangers) / capacity if capacity else 0.0


def _faults(records: Records, count: int, *, stored: int | None) -> tuple[str, ...]:
    counts = {
        "never ran": count - len(records.starts),
        "ran twice": records.doubled,
        "without a stored result": 0 if stored is None else count - stored,
    }
    return tuple(f"{number} of {count} {what}" for what, number in counts.items() if number > 0)


MEASURES: Mapping[Case, Callable[[Session, Contender, Sizes], Result]] = {
    "noop": _noop,
    "latency": _latency,
    "sleep": _sleep,
}
