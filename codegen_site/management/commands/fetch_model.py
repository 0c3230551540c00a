from typing import Any

from django.core.management.base import BaseCommand, CommandError

from codegen_site.up.weights import WeightsUnavailable, cached_weights, fetch_weights

BAR_WIDTH = 30


class Command(BaseCommand):
    help = "Fetch the weights of the embedded model (1.1 GB, once) into the cache."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if path := cached_weights():
            self.stdout.write(f"The weights are there: {path}")
            return
        try:
            path = fetch_weights(self.report)
        except WeightsUnavailable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"\nThe weights are there, and their hash is right: {path}")

    def report(self, done: int, of: int) -> None:
        filled = BAR_WIDTH * done // of
        bar = "#" * filled + "." * (BAR_WIDTH - filled)
        line = f"model weights [{bar}] {done / 1e6:6.0f} of {of / 1e6:.0f} MB"
        self.stdout.write(line, ending="\r" if self.stdout.isatty() else "\n")
        self.stdout.flush()
