"""Celery on Redis, results in Redis, once for each pool: the best of them counts."""

from bench_jobs.contender import BENCH_BIN, SLOTS, Case, Contender

# Nobody watches, and there is one worker: what they would tell each other costs it time.
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")


def pool(kind: str, slots: int, *cases: Case) -> Contender:
    command = (
        str(BENCH_BIN / "celery"),
        "-A",
        "celery_tasks",
        "worker",
        "-P",
        kind,
        "-c",
        str(slots),
        *QUIET,
    )
    return Contender(
        group="celery",
        name=f"Celery, {kind} {slots}",
        python=BENCH_BIN / "python",
        driver="celery_driver",
        servers=frozenset({"redis-aof"}),
        workers=dict.fromkeys(cases, command),
        share=0.2,
    )


CONTENDERS = (
    pool("prefork", 1, "noop", "latency"),
    pool("prefork", 2, "noop", "latency"),
    pool("threads", 8, "noop", "latency"),
    pool("gevent", 100, "noop", "latency"),
    pool("gevent", SLOTS, "noop", "latency", "sleep"),
    pool("threads", SLOTS, "sleep"),
)
