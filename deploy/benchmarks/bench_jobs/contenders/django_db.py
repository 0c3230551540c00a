"""django-tasks-db: the reference backend of Django's tasks, one task at a time."""

from bench_jobs.contender import BENCH_BIN, Contender
from bench_jobs.servers import ServerName

PYTHON = BENCH_BIN / "python"
ADMIN = (str(PYTHON), "-m", "django")
WORKER = (*ADMIN, "db_worker", "--interval", "0.1", "--no-startup-delay", "--verbosity", "0")


def on(database: str, *, servers: frozenset[ServerName], share: float) -> Contender:
    return Contender(
        group="django-tasks-db",
        name=f"django-tasks-db, {database}",
        python=PYTHON,
        driver="django_db_driver",
        servers=servers,
        variables=lambda folder: {
            "DJANGO_SETTINGS_MODULE": "django_db_settings",
            "SQLITE_FILE": str(folder / "db.sqlite3"),
        },
        set_up=((*ADMIN, "migrate", "--verbosity", "0"),),
        workers={"noop": WORKER, "latency": WORKER},
        absent={"sleep": "it runs one task at a time"},
        share=share,
    )


CONTENDERS = (
    on("SQLite", servers=frozenset(), share=0.2),
    on("PostgreSQL", servers=frozenset({"postgres"}), share=0.1),
)
