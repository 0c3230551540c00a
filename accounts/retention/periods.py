"""For how many days something is kept: what an organization has chosen, or what the installation has."""

from collections.abc import Mapping

from django.conf import settings

from accounts.models import Organization, RetentionPolicy
from accounts.retention.classes import Kept

LONGEST_DAYS = 3_650


def default_days() -> dict[Kept, int]:
    """Of the installation. 0: for ever."""
    return {kept: int(settings.RETENTION_DAYS[kept.value]) for kept in Kept}


def chosen_days(organization: Organization) -> dict[Kept, int | None]:
    policy = RetentionPolicy.objects.filter(pk=organization.pk).first() or RetentionPolicy()
    return {kept: getattr(policy, f"{kept.value}_days") for kept in Kept}


def days_in_force(organization: Organization) -> Mapping[Kept, int]:
    """0: for ever."""
    chosen, usual = chosen_days(organization), default_days()
    return {kept: in_force(kept, chosen=chosen[kept], usual=usual[kept]) for kept in Kept}


def in_force(kept: Kept, *, chosen: int | None, usual: int) -> int:
    """Nothing is kept for longer than by the installation, and the audit log not for less than it has to."""
    if chosen is None:
        return usual
    if kept is Kept.AUDIT:
        chosen = max(chosen, settings.RETENTION_AUDIT_AT_LEAST_DAYS)
    return min(chosen, usual) if usual else chosen
