from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit.circumstances import acting_as
from accounts.audit.command import command_actor
from accounts.models import Organization
from accounts.retention.applying import apply_retention


class Command(BaseCommand):
    help = "Erases what was kept for long enough. A schedule does it every night."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="default: all")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and erase nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["organization"]
        organizations = Organization.objects.filter(slug=slug) if slug else None
        if slug and not Organization.objects.filter(slug=slug).exists():
            raise CommandError(f"There is no organization with the slug {slug}.")
        with acting_as(command_actor("retention")):
            outcomes = apply_retention(organizations=organizations, dry_run=options["dry_run"])
        goes = "would go" if options["dry_run"] else "gone"
        for one in outcomes:
            what = f"{one.number:,} {one.kept.value} older than {one.days} days"
            self.stdout.write(f"{one.owner}: {what} {goes}")
        if not outcomes:
            self.stdout.write("Nothing was kept for long enough.")
