"""E-mails: written in the transaction of what they tell of, sent after it by whoever listens.

A mail holds links that open doors, so it waits encrypted.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.core.mail import EmailMessage
from django.dispatch import Signal
from django.template.loader import render_to_string

from accounts.encryption import decrypt, encrypt
from codegen_site.errors import MailException

PURPOSE = "e-mails"

# `sealed`: a mail to be given to `send_sealed_mail`, once the transaction is committed.
mail_written = Signal()


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str


def render_mail(*, to: str, template: str, context: dict[str, Any]) -> Mail:
    subject, _, text = render_to_string(f"email/{template}.txt", context).strip().partition("\n")
    return Mail(to=to, subject=" ".join(subject.split()), text=text.strip() + "\n")


def write_mail(*, to: str, template: str, context: dict[str, Any]) -> None:
    """From `templates/email/<template>.txt`, whose first line is the subject."""
    mail = render_mail(to=to, template=template, context=context)
    sealed = encrypt(json.dumps(asdict(mail)).encode(), purpose=PURPOSE).decode()
    mail_written.send(Mail, sealed=sealed)


def open_mail(sealed: str) -> Mail:
    """Raises `Undecipherable`."""
    return Mail(**json.loads(decrypt(sealed.encode(), purpose=PURPOSE)))


def send_sealed_mail(sealed: str) -> None:
    """Raises `MailException`."""
    send_mail(open_mail(sealed))


def send_mail(mail: Mail) -> None:
    """Raises `MailException` without its cause: a server may quote a mail and its links in the refusal."""
    try:
        EmailMessage(subject=mail.subject, body=mail.text, to=[mail.to]).send()
    except OSError as error:  # of which those of smtplib are children
        code = getattr(error, "smtp_code", "")
        told = f"The e-mail was not taken: {type(error).__name__} {code}".rstrip() + "."
        raise MailException(told) from None
