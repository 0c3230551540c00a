from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.audit.circumstances import acting_as
from accounts.audit.command import command_actor
from accounts.ledger.adjusting import adjust_balance
from accounts.ledger.checking import check_balances
from accounts.ledger.overview import all_quotas
from accounts.ledger.periods import month_of
from accounts.ledger.quota import UNITS, QuotaState
from accounts.models import Hold, LedgerEntry, Organization
from accounts.plans.reading import limits_of
from codegen_site.errors import ValidationException

DIFFERS = 1
USAGE = 2


def micro_usd(text: str) -> int:
    """`"12.5"` dollars in micro-USD. Raises `ValueError`, as argparse wants it."""
    try:
        micros = Decimal(text) * 1_000_000
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not micros.is_finite() or micros != micros.to_integral_value() or abs(micros) > 10**15:
        raise ValueError(text)
    return int(micros)


class Command(BaseCommand):
    help = "See and mend the books. Exit codes: 0 done, 1 balances differ from their entries, 2 misused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="compare every balance with its entries")
        check.add_argument("organization", nargs="?", metavar="ORG_SLUG", help="default: all")
        check.add_argument("--repair", action="store_true", help="make the balances what the entries say")
        show = actions.add_parser("show", help="quotas, open holds and the last entries")
        show.add_argument("organization", metavar="ORG_SLUG")
        show.add_argument("--entries", type=int, default=20, metavar="N")
        for name, help_text in (
            ("adjust", "add to what was spent this month; below zero takes off"),
            ("credit", "take off what was spent this month"),
        ):
            change = actions.add_parser(name, help=help_text)
            change.add_argument("organization", metavar="ORG_SLUG")
            change.add_argument("amount", type=micro_usd, metavar="USD")
            change.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as(command_actor("ledger")):
            self.act(**options)

    def act(self, **options: Any) -> None:
        slug = options["organization"]
        organization = Organization.objects.filter(slug=slug).first() if slug else None
        if slug and organization is None:
            raise CommandError(f"There is no organization with the slug {slug}.", returncode=USAGE)
        match options["action"], organization:
            case "check", _:
                self.check_books(organization, repair=options["repair"])
            case "show", Organization():
                self.show(organization, entries=options["entries"])
            case action, Organization():
                sign = -1 if action == "credit" else 1
                self.adjust(organization, sign * options["amount"], reason=options["reason"])

    def check_books(self, organization: Organization | None, *, repair: bool) -> None:
        differences = check_balances(organization=organization, repair=repair)
        for difference in differences:
            self.stdout.write(str(difference))
        if not differences:
            self.stdout.write("Every balance is the sum of its entries.")
        elif repair and not check_balances(organization=organization):
            self.stdout.write("Repaired.")
        else:
            raise CommandError(f"{len(differences)} figures differ.", returncode=DIFFERS)

    def show(self, organization: Organization, *, entries: int) -> None:
        limits = limits_of(organization)
        self.stdout.write(f"{organization.name}, plan {limits.plan}, {month_of(timezone.now()):%Y-%m}")
        for state in all_quotas(organization, None):
            self.stdout.write(f"  {_line_of(state)}")
        holds = Hold.objects.for_organization(organization).open().count()
        self.stdout.write(f"  {holds} open holds")
        for entry in LedgerEntry.objects.for_organization(organization)[:entries]:
            subject = entry.generation_id or entry.note
            self.stdout.write(
                f"  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.kind:8} {_usd(entry.amount_microusd):>14}  {subject}"
            )

    def adjust(self, organization: Organization, microusd: int, *, reason: str) -> None:
        try:
            entry = adjust_balance(organization=organization, microusd=microusd, reason=reason)
        except ValidationException as error:
            raise CommandError(error.message, returncode=USAGE) from error
        self.stdout.write(f"{_usd(entry.amount_microusd)} added to what was spent in {entry.month:%Y-%m}.")


def _line_of(state: QuotaState) -> str:
    show = _usd if UNITS[state.quota] == "micro_usd" else "{:,}".format
    limit = "no limit" if state.limit is None else f"of {show(state.limit)}"
    reserved = f", {show(state.reserved)} reserved" if state.reserved else ""
    return f"{state.quota:18} {show(state.used)} {limit}{reserved}"


def _usd(microusd: int) -> str:
    return f"{microusd / 1_000_000:,.6f} USD"
