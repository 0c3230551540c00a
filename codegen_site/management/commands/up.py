import asyncio
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from codegen_site.up.errors import CannotRun
from codegen_site.up.logs import Log, log_to_terminal
from codegen_site.up.plan import Plan
from codegen_site.up.stack import prepared, running
from codegen_site.up.welcome import Welcome


class Command(BaseCommand):
    help = "Run the whole stack as children of this process, until Ctrl-C or SIGTERM."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))

    def handle(self, *args: Any, **options: Any) -> None:
        log = log_to_terminal(self.stdout)
        try:
            with prepared(port=options["port"], log=log, with_login=True) as (plan, welcome):
                asyncio.run(self.run(plan, welcome, log))
        except CannotRun as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130) from None

    async def run(self, plan: Plan, welcome: Welcome, log: Log) -> None:
        async with running(plan, log=log) as supervisor:
            if not supervisor.is_stopping:
                self.stdout.write(greeting(plan, welcome))
                self.stdout.flush()
            await supervisor.wait_until_stopped()
            log("up", "stopping")
        log("up", "stopped")


def greeting(plan: Plan, welcome: Welcome) -> str:
    password = welcome.password or "(set at the first start; change it: manage.py changepassword)"
    return f"""
  {plan.model_sentence}

  API            {plan.address}/api/v1/
  Documentation  {plan.address}/api/docs
  Admin          {plan.address}/admin/   {welcome.login}   {password}
  API key        {welcome.api_key}   (shown once, valid for a week)

  Try it:
  curl {plan.address}/api/v1/generate_code -H 'Authorization: Bearer {welcome.api_key}' \\
    -H 'Content-Type: application/json' -d '{{"prompt": "One small HTML page that greets the reader."}}'
"""
