from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.login import operating, second_factor
from accounts.models import User


class Command(BaseCommand):
    help = "Let somebody in again who cannot log in. Without an option: say how things stand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--link", action="store_true", help="print a link to choose a password")
        parser.add_argument("--log-out", action="store_true", help="end every session")
        parser.add_argument("--remove-second-factor", action="store_true")
        parser.add_argument("--lift", action="store_true", help="forget failed attempts")
        parser.add_argument(
            "--site", default=settings.SITE_URL, help="where the link leads; default: SITE_URL"
        )

    def handle(self, *, email: str, **options: Any) -> None:
        user = User.objects.filter(email=email).first()
        if user is None:
            raise CommandError(f"There is no account {email}.")
        if options["lift"]:
            operating.lift_lock_outs(user)
        if options["remove_second_factor"]:
            operating.remove_second_factor(user)
        if options["log_out"]:
            self.stdout.write(f"Sessions ended: {operating.log_out_everywhere(user)}.")
        if options["link"]:
            self.print_link(user, options["site"])
        self.describe(user)

    def print_link(self, user: User, site: str) -> None:
        if not site:
            raise CommandError("Say where the link leads: set SITE_URL, or --site https://codegen.example.")
        self.stdout.write(operating.make_link(user, site=site.rstrip("/")))

    def describe(self, user: User) -> None:
        facts = {
            "active": user.is_active,
            "has a password": user.has_usable_password(),
            "second factor": second_factor.is_wanted(user),
            "failed attempts": [str(row) for row in operating.lock_outs_of(user)],
        }
        for name, value in facts.items():
            self.stdout.write(f"{name}: {value}")
