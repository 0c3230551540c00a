"""taskiq on the same JetStream as ours, pulled in large batches."""

from bench_jobs.contender import BENCH_BIN, SLOTS, Contender

WORKER = (
    str(BENCH_BIN / "taskiq"),
    "worker",
    "taskiq_tasks:broker",
    "--workers",
    "1",
    "--max-async-tasks",
    str(SLOTS),
    "--log-level",
    "WARNING",
)
CONTENDERS = (
    Contender(
        group="taskiq",
        name="taskiq-nats",
        python=BENCH_BIN / "python",
        driver="taskiq_driver",
        servers=frozenset({"nats"}),
        workers={"noop": WORKER, "latency": WORKER, "sleep": WORKER},
        remark="stores no results and knows no SQL; a task of more than 30 s is run twice",
    ),
)
