"""dramatiq on Redis: one process, as the others."""

from bench_jobs.contender import BENCH_BIN, SLOTS, Case, Contender


def pool(program: str, threads: int, *cases: Case) -> Contender:
    return Contender(
        group="dramatiq",
        name=f"{program}, {threads}",
        python=BENCH_BIN / "python",
        driver="dramatiq_driver",
        servers=frozenset({"redis-aof"}),
        workers={
            case: (str(BENCH_BIN / program), "dramatiq_tasks", "--processes", "1", "--threads", str(threads))
            for case in cases
        },
        share=0.4,
        remark="stores no results",
    )


CONTENDERS = (
    pool("dramatiq", 8, "noop", "latency"),
    pool("dramatiq", SLOTS, "sleep"),
    pool("dramatiq-gevent", SLOTS, "noop", "sleep"),
)
