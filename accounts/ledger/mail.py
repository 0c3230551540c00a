"""Owners, and members for billing, are told of a quota by e-mail."""

from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from accounts.ledger.quota import UNITS, Quota
from accounts.models import ApiKey, QuotaNotice, Role, User

TEMPLATE = "email/quota_threshold"


def send_notice(notice_id: UUID) -> int:
    """How many were told, each in a message of their own. Raises what the mail server raises."""
    notice = QuotaNotice.objects.select_related("organization").get(pk=notice_id)
    told = User.objects.filter(
        is_active=True,
        memberships__organization=notice.organization,
        memberships__role__in=[Role.OWNER, Role.BILLING],
    )
    context = _context_of(notice)
    subject = " ".join(render_to_string(f"{TEMPLATE}.subject.txt", context).split())
    body = render_to_string(f"{TEMPLATE}.txt", context)
    messages = [EmailMessage(subject, body, to=[str(user.email)]) for user in told]
    return get_connection().send_messages(messages) or 0


def _context_of(notice: QuotaNotice) -> dict[str, object]:
    quota = Quota(notice.quota)
    key = ApiKey.objects.filter(pk=notice.subject).first() if notice.subject else None
    return {
        "organization": " ".join(notice.organization.name.split()),
        "percent": notice.percent,
        "quota": quota.label,
        "used": _show(notice.used, UNITS[quota]),
        "limit": _show(notice.limit, UNITS[quota]),
        "key": key,
        "resets_at": notice.resets_at,
    }


def _show(figure: int, unit: str) -> str:
    return f"{figure / 1_000_000:,.2f} USD" if unit == "micro_usd" else f"{figure:,} {unit}"
