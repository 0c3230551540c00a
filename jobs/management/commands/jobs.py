import json
import shutil
from argparse import ArgumentParser
from collections import Counter
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.core.management.color import no_style
from django.utils import timezone

from jobs.console.arguments import add_words, selection_of
from jobs.console.listing import COLUMNS, cells_of, row_as_json
from jobs.console.sheet import describe_job, job_as_json
from jobs.console.text import GAP, lay_out, plain
from jobs.models import Job
from jobs.operations import CANCEL, OPERATIONS, Operation
from jobs.services import MassOutcome, purge_jobs

NOTHING, USAGE = 1, 2
STYLES = {"dead": "ERROR", "running": "SUCCESS", "ready": "WARNING", "scheduled": "WARNING"}


class Command(BaseCommand):
    help = "See and steer the queue. Exit codes: 0 done, 1 nothing matched or refused, 2 misused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_words(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not (self.stdout.isatty() or options["force_color"]):
            self.style = no_style()
        action = options["action"]
        if action in OPERATIONS:
            self.change_jobs(OPERATIONS[action], options)
        else:
            {"list": self.list_jobs, "show": self.show_job, "purge": self.purge_jobs}[action](options)

    def list_jobs(self, options: dict[str, Any]) -> None:
        limit = options["limit"]
        newest = selection_of(options).find().with_last_error().order_by("-id")
        found = list(newest[: limit + 1])
        if not found:
            raise CommandError("No job matches.", returncode=NOTHING)
        if options["json"]:
            for job in found[:limit]:
                self.stdout.write(json.dumps(row_as_json(job)))
            return
        self.write_table(found[:limit])
        if len(found) > limit:
            self.stderr.write(f"There are more than {limit}: see --limit.", self.style.NOTICE)

    def write_table(self, jobs: list[Job]) -> None:
        width = shutil.get_terminal_size().columns if self.stdout.isatty() else None
        heading, *rows = lay_out(COLUMNS, [cells_of(job, now=timezone.now()) for job in jobs], width=width)
        self.stdout.write(self.style.MIGRATE_HEADING(GAP.join(heading).rstrip()))
        for job, (job_id, state, *rest) in zip(jobs, rows, strict=True):
            self.stdout.write(GAP.join([job_id, self.paint_state(job.state, state), *rest]).rstrip())

    def paint_state(self, state: str, text: str) -> str:
        style = getattr(self.style, STYLES[state]) if state in STYLES else str
        return str(style(text))

    def show_job(self, options: dict[str, Any]) -> None:
        job = Job.objects.filter(id=options["id"]).first()
        if job is None:
            raise CommandError(f"There is no job {options['id']}.", returncode=NOTHING)
        if options["json"]:
            self.stdout.write(json.dumps(job_as_json(job)))
            return
        for section in describe_job(job, full=options["full"], now=timezone.now()):
            self.stdout.write(self.style.MIGRATE_HEADING(section.title))
            for line in section.lines:
                self.stdout.write(f"  {line}")

    def change_jobs(self, operation: Operation, options: dict[str, Any]) -> None:
        named = list(dict.fromkeys(options["ids"]))
        outcome = operation.carry_out(named or self.choose(operation, options))
        self.stdout.write(f"{len(outcome.done)} {operation.done}.")
        unchanged = _unchanged(operation, named, outcome) if named else _refusals(outcome)
        for line in unchanged:
            self.stderr.write(plain(line))
        if unchanged or not outcome.done:
            raise CommandError(f"Not everything was {operation.done}.", returncode=NOTHING)

    def choose(self, operation: Operation, options: dict[str, Any]) -> list[UUID]:
        """The jobs that match, after the operator has agreed to their number."""
        selection = selection_of(options)
        if operation is not CANCEL and not selection.dead:
            raise CommandError("Name jobs by their ids, or say --dead.", returncode=USAGE)
        if selection.is_everything:
            raise CommandError("Name jobs by their ids, or say which: --queue, --task, …", returncode=USAGE)
        job_ids = list(operation.qualified(selection.find()).order_by("id").values_list("id", flat=True))
        if not job_ids:
            raise CommandError(f"No job that matches is {operation.those}.", returncode=NOTHING)
        self.ask(f"{operation.label} {len(job_ids)} jobs?", options)
        return job_ids

    def purge_jobs(self, options: dict[str, Any]) -> None:
        selection = selection_of(options)
        if selection.status in (Job.Status.READY, Job.Status.RUNNING):
            raise CommandError("Only finished jobs are purged.", returncode=USAGE)
        finished = selection.find()
        if not selection.dead:
            finished = finished.not_dead()
        count = finished.count()
        if not count:
            raise CommandError("No job matches.", returncode=NOTHING)
        if options["dry_run"]:
            self.stdout.write(f"{count} would be deleted.")
            return
        self.ask(f"Delete {count} jobs for good?", options)
        self.stdout.write(f"{purge_jobs(finished)} deleted.")

    def ask(self, question: str, options: dict[str, Any]) -> None:
        if options["yes"]:
            return
        try:
            answer = input(f"{question} [y/N] ")
        except EOFError:
            raise CommandError("Nobody answers here: say --yes.", returncode=USAGE) from None
        if answer.strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was changed.", returncode=NOTHING)


def _unchanged(operation: Operation, named: list[UUID], outcome: MassOutcome) -> list[str]:
    """A line for each job that was named and stayed as it was."""
    states = {job.id: job.state for job in Job.objects.filter(id__in=named)}
    done = set(outcome.done)

    def reason(job_id: UUID) -> str:
        if job_id not in states:
            return "There is no such job."
        return outcome.refused.get(job_id) or f"It is {states[job_id]}, not {operation.those}."

    return [f"{job_id}: {reason(job_id)}" for job_id in named if job_id not in done]


def _refusals(outcome: MassOutcome) -> list[str]:
    return [f"{count} refused: {reason}" for reason, count in Counter(outcome.refused.values()).items()]
