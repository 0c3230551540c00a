"""The real worker of the site with the settings of an installation; NATS syncs before it acknowledges."""

import sys
from dataclasses import replace
from pathlib import Path

from bench_jobs.contender import PROJECT, SLOTS, Contender

MANAGE = (sys.executable, str(PROJECT / "manage.py"))
WORKER = (*MANAGE, "run_worker", "--queues", f"default:{SLOTS}", "--grace", "5")


def variables(folder: Path, *, owners: int = 40) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "codegen_site.settings",
        "SECRET_KEY": "only-for-the-benchmark-" * 4,
        "LOCAL_DIR": str(folder),
        "LOG_LEVEL": "INFO",
        "BENCH_OWNERS": str(owners),
    }


SQLITE = Contender(
    group="ours",
    name="ours, SQLite",
    python=Path(sys.executable),
    driver="ours_driver",
    servers=frozenset({"nats", "redis"}),
    variables=variables,
    set_up=((*MANAGE, "migrate", "--verbosity", "0"),),
    workers={"noop": WORKER, "latency": WORKER, "sleep": WORKER},
    cwd=PROJECT,
)
POSTGRES = replace(SQLITE, name="ours, PostgreSQL", servers=SQLITE.servers | {"postgres"})
ONE_OWNER = replace(
    SQLITE,
    name="ours, SQLite, one owner",
    variables=lambda folder: variables(folder, owners=1),
    workers={"noop": WORKER},
    remark="all tasks wait in one owner's window",
)
CONTENDERS = (SQLITE, POSTGRES, ONE_OWNER)
