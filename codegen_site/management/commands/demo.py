import asyncio
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from codegen_site.up.demo_client import DemoClient, GenerationFailed
from codegen_site.up.errors import CannotRun
from codegen_site.up.logs import Log, log_to_files
from codegen_site.up.plan import Plan
from codegen_site.up.probes import free_port
from codegen_site.up.stack import prepared, running

PROMPT = "One small HTML page that shows a digital clock and a button that switches to a dark theme."


class Command(BaseCommand):
    help = "Start the stack, turn one prompt into files through the public API, stop the stack."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prompt", default="")
        parser.add_argument("--framework", default="")
        parser.add_argument("--out", type=Path, default=Path(settings.BASE_DIR) / "generated")

    def handle(self, *args: Any, **options: Any) -> None:
        to_files = log_to_files(Path(settings.LOCAL_DIR) / "log")

        def log(name: str, line: str, /) -> None:
            to_files(name, line)
            if name == "up":
                self.stdout.write(line)
                self.stdout.flush()

        try:
            with prepared(port=free_port(), log=log) as (plan, welcome):
                asyncio.run(self.run(plan, welcome.api_key, log, options))
        except CannotRun as error:
            raise CommandError(f"{error}\nThe logs are in {settings.LOCAL_DIR}/log.") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130) from None

    async def run(self, plan: Plan, api_key: str, log: Log, options: dict[str, Any]) -> None:
        async with running(plan, log=log) as supervisor:
            if supervisor.is_stopping:
                raise GenerationFailed("Stopped.")
            self.stdout.write(f"\n{plan.model_sentence}\n")
            client = DemoClient(address=plan.address, api_key=api_key, out=self.stdout)
            generation = asyncio.create_task(
                client.generate(
                    prompt=options["prompt"] or PROMPT, framework=options["framework"], folder=options["out"]
                )
            )
            stopped = asyncio.create_task(supervisor.wait_until_stopped())
            await asyncio.wait({generation, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if not generation.done():
                generation.cancel()
                raise GenerationFailed("Stopped.")
            generation.result()
