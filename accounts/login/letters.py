"""E-mails of accounts. A request only asks for one: whom it finds is seen in the background.

So a request takes as long and says the same whether there is such an account or not.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import ceil
from typing import Any

from django.conf import settings
from django.dispatch import Signal

from accounts.encryption import decrypt, encrypt
from accounts.login.links import email_link, password_link, sign_up_link
from accounts.mail import render_mail, send_mail
from accounts.models import User

PURPOSE = "letters"

# `sealed`: what is to be given to `send_letter` once the transaction is committed.
letter_wanted = Signal()


class Kind(StrEnum):
    """Each has a template `templates/email/<kind>.txt`, whose first line is the subject."""

    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a letter
    ACCOUNT_MADE = "account_made"
    SIGN_UP = "sign_up"
    ALREADY_SIGNED_UP = "already_signed_up"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    NEW_EMAIL = "new_email"
    EMAIL_CHANGED = "email_changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """`site` is where links lead, without a slash at the end; `user_id` is of whom it is about, if known."""

    kind: Kind
    to: str
    site: str
    user_id: int | None = None


def want_letter(letter: Letter) -> None:
    text = json.dumps(asdict(letter))
    letter_wanted.send(Letter, sealed=encrypt(text.encode(), purpose=PURPOSE).decode())


def send_letter(sealed: str) -> bool:
    """False where there is nobody to write to. Raises `MailException`."""
    fields = json.loads(decrypt(sealed.encode(), purpose=PURPOSE))
    letter = Letter(**{**fields, "kind": Kind(fields["kind"])})
    found = _compose(letter)
    if found is None:
        return False
    kind, context = found
    context |= {"site": letter.site, "hours": ceil(lifetime_of(kind) / 3_600)}
    send_mail(render_mail(to=letter.to, template=kind, context=context))
    return True


def lifetime_of(kind: Kind) -> int:
    """Of the link in it, in seconds."""
    return int(settings.PASSWORD_LINK_S if kind == Kind.PASSWORD_RESET else settings.EMAIL_LINK_S)


def _compose(letter: Letter) -> tuple[Kind, dict[str, Any]] | None:
    """Which letter it becomes, and what its template needs."""
    match letter.kind:
        case Kind.PASSWORD_RESET | Kind.ACCOUNT_MADE:
            user = User.objects.filter(email=letter.to, is_active=True).first()
            if user is None:
                return None
            link = password_link(user, site=letter.site, lasts_s=lifetime_of(letter.kind))
            return letter.kind, {"link": link}
        case Kind.SIGN_UP:
            if User.objects.filter(email=letter.to).exists():
                return Kind.ALREADY_SIGNED_UP, {}
            return letter.kind, {"link": sign_up_link(letter.to, site=letter.site)}
        case Kind.NEW_EMAIL:
            user = User.objects.filter(pk=letter.user_id or 0, is_active=True).first()
            if user is None or User.objects.filter(email=letter.to).exists():
                return None
            return letter.kind, {"link": email_link(user, letter.to, site=letter.site), "old": user.email}
        case _:
            return letter.kind, {"to": letter.to}
