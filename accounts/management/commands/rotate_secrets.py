from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.encryption import current_key_id
from accounts.rotation import Rotated, rotate_column, sealed_columns, stale_rows


class Command(BaseCommand):
    help = "Encrypt every secret in the database anew under the newest key. It may be stopped and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="say how many are under older keys; 1 if any"
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        self.stdout.write(f"The newest key is {current_key_id()}.")
        if check:
            self.check_columns()
        else:
            self.rotate()

    def check_columns(self) -> None:
        stale = {str(column): stale_rows(column).count() for column in sealed_columns()}
        for name, count in stale.items():
            self.stdout.write(f"{name}: {count} under older keys")
        if any(stale.values()):
            raise CommandError(f"{sum(stale.values())} secrets are under older keys: keep these.")

    def rotate(self) -> None:
        total = Rotated()
        for column in sealed_columns():
            done = rotate_column(column)
            self.stdout.write(f"{column}: {done.rotated} encrypted anew, {done.unreadable} unreadable")
            total += done
        if total.unreadable:
            raise CommandError(f"{total.unreadable} secrets cannot be read with any key that is known.")
