"""The words of `manage.py jobs`."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from jobs.durations import parse_duration
from jobs.models import Job
from jobs.operations import CANCEL, DISCARD, RETRY
from jobs.selection import Selection


def add_words(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|show|retry|…")
    listing = actions.add_parser("list", help="the newest jobs that match")
    add_filters(listing, "--status", "--dead", "--since")
    listing.add_argument("--limit", type=positive, default=50, help="default: 50")
    listing.add_argument("--json", action="store_true", help="one object on each line")

    show = actions.add_parser("show", help="all that is known of one job")
    show.add_argument("id", type=job_id)
    show.add_argument("--full", action="store_true", help="cut neither values nor tracebacks")
    show.add_argument("--json", action="store_true")

    for operation, words in (
        (RETRY, ["--dead", "--since"]),
        (DISCARD, ["--dead", "--since"]),
        (CANCEL, ["--status", "--since"]),
    ):
        change = actions.add_parser(
            operation.name, help=f"{operation.name} the jobs named, or those that match"
        )
        change.add_argument("ids", nargs="*", type=job_id, metavar="ID")
        add_filters(change, *words)
        change.add_argument("--yes", action="store_true", help="do not ask")

    purge = actions.add_parser("purge", help="delete finished jobs; dead letters only with --dead")
    purge.add_argument("--older-than", type=duration, required=True, help="finished so long ago, such as 7d")
    add_filters(purge, "--status", "--dead")
    purge.add_argument("--dry-run", action="store_true", help="only say how many")
    purge.add_argument("--yes", action="store_true", help="do not ask")


def add_filters(parser: ArgumentParser, *words: str) -> None:
    if "--status" in words:
        parser.add_argument("--status", choices=[status.lower() for status in Job.Status.values])
    if "--dead" in words:
        parser.add_argument(
            "--dead", action="store_true", help="dead letters: failed, neither cancelled nor discarded"
        )
    if "--since" in words:
        parser.add_argument(
            "--since", type=duration, help="enqueued within (the dead: failed within), such as 2h"
        )
    parser.add_argument("--queue")
    parser.add_argument("--owner")
    parser.add_argument("--task", help="a path, or the end of one")


def selection_of(options: Mapping[str, Any]) -> Selection:
    status = options.get("status")
    return Selection(
        status=status.upper() if status else None,
        queue=options["queue"],
        owner=options["owner"],
        task=options["task"],
        dead=options.get("dead", False),
        since=options.get("since"),
        older_than=options.get("older_than"),
    )


def job_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not the id of a job.") from error


def duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def positive(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < len(text) < 8 or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number above 0.")
    return int(text)
