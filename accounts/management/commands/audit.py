import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.audit.actions import Action
from accounts.audit.canonical import INSTALLATION, chain_of
from accounts.audit.circumstances import acting_as
from accounts.audit.command import command_actor
from accounts.audit.formats import stream_csv, stream_json_lines
from accounts.audit.metrics import BROKEN
from accounts.audit.record import record_act
from accounts.audit.resuming import resume_chain
from accounts.audit.sealing import seal_entries
from accounts.audit.verifying import Break, known_chains, verify_chain
from accounts.audit.witnesses import check_witnesses
from accounts.models import AuditEntry, Organization

STREAMS = {"jsonl": stream_json_lines, "csv": stream_csv}


class Command(BaseCommand):
    help = "Verify and export the audit log. Exit codes: 0 all is as it was written, 1 it is not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        verify = actions.add_parser("verify", help="name the first link of each chain that does not hold")
        verify.add_argument("--since", metavar="DATE", help="from the last anchor before then")
        verify.add_argument(
            "--log", action="append", default=[], metavar="FILE", help="what the service has logged"
        )
        verify.add_argument("--json", action="store_true")
        actions.add_parser("seal", help="tie in what has been written since the last time")
        export = actions.add_parser("export", help="entries, the oldest first, to standard output")
        export.add_argument("--since", metavar="DATE")
        export.add_argument("--format", choices=STREAMS, default="jsonl")
        resume = actions.add_parser("resume", help="let a chain go on that is broken, and was looked at")
        resume.add_argument("chain", metavar="CHAIN", help=f"{INSTALLATION}, or the id of an organization")
        resume.add_argument("--reason", required=True)
        for each in (verify, export):
            each.add_argument("--organization", metavar="SLUG", help=f"one of them, or: {INSTALLATION}")

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(command_actor("audit")):
            getattr(self, f"_{options['action']}")(**options)

    def _verify(self, **options: Any) -> None:
        slug, since = options["organization"], _date(options["since"])
        verdicts = [verify_chain(name, since=since) for name in ([_chain(slug)] if slug else known_chains())]
        breaks = [broken for verdict in verdicts for broken in verdict.breaks]
        breaks += [broken for file in options["log"] for broken in _compare_with(Path(file))]
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(broken) for broken in breaks]))
        else:
            for broken in breaks:
                self.stdout.write(str(broken))
            checked = sum(verdict.checked for verdict in verdicts)
            self.stdout.write(f"{checked:,} links of {len(verdicts):,} chains hold.")
        if breaks:
            BROKEN.inc(len(breaks))
            raise CommandError(
                f"The audit log is not as it was written: {len(breaks):,} breaks.", returncode=1
            )

    def _seal(self, **options: Any) -> None:
        self.stdout.write(f"{seal_entries():,} entries are tied in.")

    def _export(self, **options: Any) -> None:
        entries, slug, since = AuditEntry.objects.all(), options["organization"], _date(options["since"])
        if slug:
            entries = entries.filter(chain=_chain(slug))
        if since:
            entries = entries.filter(created_at__gte=since)
        for piece in STREAMS[options["format"]](entries):
            self.stdout.write(piece.decode(), ending="")
        record_act(Action.AUDIT_EXPORTED, object_id=slug or INSTALLATION, format=options["format"])

    def _resume(self, **options: Any) -> None:
        if options["chain"] not in known_chains():
            raise CommandError(f"There is no chain {options['chain']}.")
        position = resume_chain(options["chain"], reason=options["reason"])
        self.stdout.write(f"It goes on behind position {position:,}; what stands before proves nothing.")


def _chain(slug: str) -> str:
    if slug == INSTALLATION:
        return slug
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise CommandError(f"There is no organization with the slug {slug}.")
    return chain_of(organization.pk)


def _compare_with(file: Path) -> Iterator[Break]:
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            yield from check_witnesses(lines)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment, day = parse_datetime(text), parse_date(text)
    except ValueError as error:
        raise CommandError(f"{text} is no date: 2026-11-30, or 2026-11-30T12:00.") from error
    if moment is None and day is not None:
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - made aware below
    if moment is None:
        raise CommandError(f"{text} is no date: 2026-11-30, or 2026-11-30T12:00.")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _as_json(broken: Break) -> dict[str, Any]:
    return {
        "chain": broken.chain,
        "position": broken.position or None,
        "entry": broken.entry or None,
        "reason": broken.reason,
    }
