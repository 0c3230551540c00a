import json
import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.api_keys.hashing import is_genuine
from accounts.api_keys.services import create_api_key, revoke_api_key, rotate_api_key
from accounts.api_keys.text import parse_key_text
from accounts.audit.circumstances import acting_as
from accounts.audit.command import command_actor
from accounts.models import ApiKey, Organization, ServiceAccount, User
from accounts.scopes import DEFAULT_SCOPES
from codegen_site.errors import AppException


class Command(BaseCommand):
    help = "Make, list, rotate, revoke and verify API keys. A text is printed once, and alone on its line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a key and print it")
        create.add_argument("organization", metavar="ORG_SLUG")
        create.add_argument("--name", required=True, help="what the key is for")
        create.add_argument("--scopes", default=",".join(DEFAULT_SCOPES), help="separated by commas")
        create.add_argument("--expires-days", type=int, metavar="N", help="default: never")
        create.add_argument("--member", metavar="EMAIL", help="to whom it belongs; default: the organization")
        create.add_argument("--service-account", metavar="NAME", help="to which it belongs")
        create.add_argument("--networks", default="", help="from where it may be used, separated by commas")
        create.add_argument("--test", action="store_true", help="what it makes is not billed")
        listing = actions.add_parser("list", help="the keys of an organization, without their texts")
        listing.add_argument("organization", metavar="ORG_SLUG")
        listing.add_argument("--json", action="store_true")
        rotate = actions.add_parser("rotate", help="make a successor and print it")
        rotate.add_argument("prefix")
        rotate.add_argument("--overlap-hours", type=float, default=24.0, metavar="N")
        revoke = actions.add_parser("revoke", help="end keys at once")
        revoke.add_argument("prefix", nargs="+")
        verify = actions.add_parser("verify", help="whether a text is a key; exit code 1 when it is none")
        verify.add_argument("text", help="- reads it from standard input: what is typed here others can see")
        verify.add_argument("--offline", action="store_true", help="look at the checksum alone")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting_as(command_actor("api_key")):
                getattr(self, f"_{options['action']}")(**options)
        except AppException as error:
            raise CommandError(error.message) from error

    def _create(self, **options: Any) -> None:
        organization, days = _organization(options["organization"]), options["expires_days"]
        if days is not None and days < 1:
            raise CommandError("--expires-days must be at least 1.")
        _api_key, text = create_api_key(
            organization=organization,
            name=options["name"],
            scopes=options["scopes"].split(","),
            owner=_owner(organization, email=options["member"], account=options["service_account"]),
            mode=ApiKey.Mode.TEST if options["test"] else ApiKey.Mode.LIVE,
            expires_at=timezone.now() + timedelta(days=days) if days else None,
            allowed_networks=[text for text in options["networks"].split(",") if text],
        )
        self.stdout.write(text)

    def _list(self, **options: Any) -> None:
        api_keys = ApiKey.objects.for_organization(_organization(options["organization"]))
        rows = [_row(api_key) for api_key in api_keys.select_related("owner", "service_account")]
        if options["json"]:
            self.stdout.write(json.dumps(rows, default=str))
            return
        for row in rows:
            self.stdout.write("  ".join(str(value if value is not None else "-") for value in row.values()))

    def _rotate(self, **options: Any) -> None:
        overlap = timedelta(hours=options["overlap_hours"])
        if overlap < timedelta(0):
            raise CommandError("--overlap-hours must not be negative.")
        _new, text = rotate_api_key(api_key=_find(options["prefix"]), overlap=overlap)
        self.stdout.write(text)

    def _revoke(self, **options: Any) -> None:
        for api_key in [_find(prefix) for prefix in options["prefix"]]:
            revoke_api_key(api_key=api_key)
            self.stdout.write(f"{api_key} is revoked.")

    def _verify(self, **options: Any) -> None:
        given = sys.stdin.readline() if options["text"] == "-" else options["text"]
        text = parse_key_text(given.strip())
        if text is None:
            raise CommandError("This is no key: it has another shape, or its checksum is wrong.")
        if text.is_old:
            self.stdout.write("It has the shape of a key from before there were checksums.")
        if options["offline"]:
            self.stdout.write(
                f"Its checksum is right. It is a {text.mode} key with the prefix {text.prefix}."
            )
            return
        api_key = _find(text.prefix)
        if not is_genuine(text, api_key):
            raise CommandError(f"There is a key {text.prefix}, but this is not its text.")
        state = "works" if api_key.is_usable else "is revoked or has expired"
        self.stdout.write(f"It is the key {api_key} of {api_key.organization.slug}, and {state}.")


def _organization(slug: str) -> Organization:
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise CommandError(f"There is no organization with the slug {slug}.")
    return organization


def _owner(
    organization: Organization, *, email: str | None, account: str | None
) -> User | ServiceAccount | None:
    if email and account:
        raise CommandError("A key belongs to a member or to a service account.")
    if email:
        member = organization.memberships.select_related("user").filter(user__email=email).first()
        if member is None:
            raise CommandError(f"{email} is no member of {organization.slug}.")
        return member.user
    if account is None:
        return None
    found = ServiceAccount.objects.for_organization(organization).present().filter(name=account).first()
    if found is None:
        raise CommandError(f"{organization.slug} has no service account {account}.")
    return found


def _find(prefix: str) -> ApiKey:
    api_key = ApiKey.objects.select_related("organization").filter(prefix=prefix).first()
    if api_key is None:
        raise CommandError(f"There is no key with the prefix {prefix}.")
    return api_key


def _row(api_key: ApiKey) -> dict[str, Any]:
    return {
        "prefix": api_key.prefix,
        "mode": api_key.mode,
        "name": api_key.name,
        "owner": str(api_key.owner or api_key.service_account or "the organization"),
        "scopes": api_key.scopes.replace(" ", ","),
        "expires_at": api_key.expires_at,
        "revoked_at": api_key.revoked_at,
        "last_used_at": api_key.last_used_at,
        "last_used_address": api_key.last_used_address,
    }
