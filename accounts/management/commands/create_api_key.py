from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.api_keys.services import create_api_key
from accounts.models import Organization
from accounts.scopes import DEFAULT_SCOPES
from codegen_site.errors import ValidationException


class Command(BaseCommand):
    help = "Make an API key for an organization and print it, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", metavar="ORG_SLUG")
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument("--scopes", default=",".join(DEFAULT_SCOPES), help="separated by commas")
        parser.add_argument("--expires-days", type=int, metavar="N", help="default: never")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, days = options["organization"], options["expires_days"]
        organization = Organization.objects.filter(slug=slug).first()
        if organization is None:
            raise CommandError(f"There is no organization with the slug {slug}.")
        if days is not None and days < 1:
            raise CommandError("--expires-days must be at least 1.")
        try:
            _api_key, text = create_api_key(
                organization=organization,
                name=options["name"],
                scopes=options["scopes"].split(","),
                expires_at=timezone.now() + timedelta(days=days) if days else None,
            )
        except ValidationException as error:
            raise CommandError(error.message) from error
        self.stdout.write(text)
