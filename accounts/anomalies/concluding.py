"""What follows from a finding: it is told once, and the key may be suspended."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from prometheus_client import Counter

from accounts.anomalies.finding import HOUR, Finding, find_anomalies
from accounts.api_keys.services import suspend_api_key
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.mail import write_mail
from accounts.models import Anomaly, AnomalyPolicy, ApiKey, Membership, Organization
from accounts.organizations.services import lock_organization
from accounts.signals import anomaly_found

FOUND = Counter("anomalies_found_total", "What was not as it always was.", ["kind"])

logger = logging.getLogger("accounts")


def look_for_anomalies(*, now: datetime) -> int:
    """In the last full hour, of all organizations; how many are new. Once more finds nothing new."""
    hour = now.replace(minute=0, second=0, microsecond=0) - HOUR
    organizations = Organization.objects.filter(suspended_at=None, deletion_due_at=None)
    ids = list(organizations.order_by("pk").values_list("pk", flat=True))
    return sum(_conclude_all(organization_id, hour) for organization_id in ids)


def _conclude_all(organization_id: UUID, hour: datetime) -> int:
    findings = list(find_anomalies(organization_id, hour=hour))
    return sum(_conclude(organization_id, finding) for finding in findings)


@transaction.atomic
def _conclude(organization_id: UUID, finding: Finding) -> bool:
    """The organization first, as who changes its keys does. False when it was concluded before."""
    organization = Organization.objects.filter(pk=organization_id).first()
    if organization is None:
        return False
    organization = lock_organization(organization)
    subject = str(finding.subject or "")
    anomaly, is_new = Anomaly.objects.get_or_create(
        organization=organization,
        kind=finding.kind,
        subject=subject,
        where=finding.where,
        defaults={"observed": finding.observed, "expected": finding.expected},
    )
    if not is_new:
        return False
    record_deed(
        Action.ANOMALY_FOUND,
        anomaly,
        kind=finding.kind.value,
        api_key=subject or None,
        where=finding.where,
        observed=finding.observed,
        expected=finding.expected,
    )
    api_key = None
    if finding.subject is not None:
        api_key = ApiKey.objects.for_organization(organization).filter(pk=finding.subject).first()
    if api_key is not None and is_to_suspend(organization, finding):
        anomaly.key_suspended = suspend_api_key(api_key=api_key)
        anomaly.save(update_fields=["key_suspended"])
    _tell(organization, anomaly, api_key)
    return True


def is_to_suspend(organization: Organization, finding: Finding) -> bool:
    policy = AnomalyPolicy.objects.filter(pk=organization.pk).first()
    return policy is not None and finding.kind.value in policy.suspend_key_on


def _tell(organization: Organization, anomaly: Anomaly, api_key: ApiKey | None) -> None:
    FOUND.labels(anomaly.kind).inc()
    logger.warning("anomaly.found", extra={"anomaly": str(anomaly.pk), "kind": anomaly.kind})
    anomaly_found.send(Anomaly, anomaly=anomaly)
    owners = Membership.objects.for_organization(organization).owners().select_related("user")
    for owner in owners:
        context = {"organization": organization, "anomaly": anomaly, "api_key": api_key}
        write_mail(to=owner.user.email, template="anomaly", context=context)
