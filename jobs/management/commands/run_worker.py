import gc
from argparse import ArgumentParser
from typing import Any

import uvloop
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from prometheus_client import start_http_server

from jobs.config import broker_config
from jobs.errors import BrokerUnsuitable
from jobs.schedules import Schedule, declared_schedules
from jobs.worker import Worker


class Command(BaseCommand):
    help = "Run jobs until SIGTERM. --queues names the queues and how many jobs of each run at once."
    # Those of addresses and of the admin load all of the web: 28 MB, in each worker.
    requires_system_checks = ["settings", Tags.models, Tags.caches]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queues", default="llm:400,default:100", help="name:slots,name:slots")
        parser.add_argument("--grace", type=float, default=25, help="seconds for running jobs at the end")
        parser.add_argument(
            "--no-schedules", action="store_true", help="leave what is due by the clock to other workers"
        )
        parser.add_argument("--metrics-port", type=int, help="serve Prometheus metrics of the worker there")

    def handle(self, *args: Any, **options: Any) -> None:
        queues = parse_queues(options["queues"])
        schedules = [] if options["no_schedules"] else declared_schedules()
        if options["metrics_port"]:
            start_http_server(options["metrics_port"])
        # What was imported stays, and each job leaves little behind: collecting less often saves a tenth.
        gc.freeze()
        gc.set_threshold(100_000, 50, 50)
        try:
            uvloop.run(run_worker(queues, options["grace"], schedules))
        except BrokerUnsuitable as error:
            raise CommandError(error.message) from error


async def run_worker(queues: dict[str, int], grace: float, schedules: list[Schedule]) -> None:
    await Worker(queues=queues, grace=grace, config=broker_config(), schedules=schedules).run()


def parse_queues(text: str) -> dict[str, int]:
    """`"llm:400,default:100"` → `{"llm": 400, "default": 100}`. Raises `CommandError`."""
    queues = {}
    for part in text.split(","):
        name, _, slots = part.strip().partition(":")
        if not name or not slots.isdecimal() or int(slots) < 1:
            raise CommandError(f"--queues: {part!r} is not of the form name:slots, such as llm:400.")
        queues[name] = int(slots)
    return queues
