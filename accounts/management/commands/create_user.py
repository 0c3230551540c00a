from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.login.operating import make_link, send_first_link
from accounts.models import Membership, Organization, Role, User


class Command(BaseCommand):
    help = "Make an account for somebody, who chooses the password with a link."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--staff", action="store_true", help="may open the admin")
        parser.add_argument("--superuser", action="store_true", help="may do everything there")
        parser.add_argument("--organization", metavar="ORG_SLUG", help="to become a member of")
        parser.add_argument("--role", choices=Role.values, default=Role.DEVELOPER, help="default: developer")
        parser.add_argument("--print-link", action="store_true", help="print the link; no e-mail is sent")
        parser.add_argument("--site", default=settings.SITE_URL, help="where links lead; default: SITE_URL")

    def handle(self, *, email: str, site: str, print_link: bool, **options: Any) -> None:
        if not site:
            raise CommandError("Say where links lead: set SITE_URL, or --site https://codegen.example.")
        try:
            validate_email(email)
            with transaction.atomic():
                user = self.make_user(email, **options)
                if not print_link:
                    send_first_link(user, site=site.rstrip("/"))
        except (ValidationError, IntegrityError) as error:
            why = "has an account already" if isinstance(error, IntegrityError) else "is no e-mail address"
            raise CommandError(f"{email} {why}.") from error
        if print_link:
            self.stdout.write(make_link(user, site=site.rstrip("/")))
        else:
            self.stdout.write(f"A link to choose a password is sent to {user.email}.")

    def make_user(
        self, email: str, *, staff: bool, superuser: bool, organization: str | None, role: str, **options: Any
    ) -> User:
        user = User.objects.create_user(email, is_staff=staff or superuser, is_superuser=superuser)
        if organization is not None:
            found = Organization.objects.filter(slug=organization).first()
            if found is None:
                raise CommandError(f"There is no organization with the slug {organization}.")
            Membership.objects.create(user=user, organization=found, role=role)
        return user
