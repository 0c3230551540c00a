"""procrastinate on PostgreSQL, woken by LISTEN and NOTIFY."""

from bench_jobs.contender import BENCH_BIN, SLOTS, Contender

PROGRAM = (str(BENCH_BIN / "procrastinate"), "--app", "procrastinate_tasks.app")
WORKER = (*PROGRAM, "worker", "--concurrency", str(SLOTS))
CONTENDERS = (
    Contender(
        group="procrastinate",
        name="procrastinate",
        python=BENCH_BIN / "python",
        driver="procrastinate_driver",
        servers=frozenset({"postgres"}),
        set_up=((*PROGRAM, "schema", "--apply"),),
        workers={"noop": WORKER, "latency": WORKER, "sleep": WORKER},
        share=0.1,
    ),
)
