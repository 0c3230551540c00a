"""What operators do to jobs, in the audit log: the queue itself knows of none."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models.signals import post_delete, pre_save
from django.dispatch import receiver

from accounts.audit.actions import Action
from accounts.audit.record import record_act
from accounts.models import Organization
from jobs.models import Job, OwnerWeight
from jobs.signals import jobs_operated

ACTIONS = {"retry": Action.JOB_RETRIED, "discard": Action.JOB_DISCARDED, "cancel": Action.JOB_CANCELLED}


@receiver(jobs_operated)
def record_operation(operation: str, job_ids: Sequence[UUID], **kwargs: Any) -> None:
    if operation == "purge":
        record_act(Action.JOBS_PURGED, object_id=job_ids[0], jobs=len(job_ids), last=job_ids[-1])
        return
    jobs = Job.objects.filter(id__in=job_ids).values_list("id", "owner", "task_path")
    for job_id, owner, task in jobs.order_by("id"):
        record_act(ACTIONS[operation], organization_id=_organization_of(owner), object_id=job_id, task=task)


@receiver(pre_save, sender=OwnerWeight)
def record_weight(instance: OwnerWeight, raw: bool = False, **kwargs: Any) -> None:
    before = OwnerWeight.objects.filter(pk=instance.pk).first()
    record_act(
        Action.OWNER_WEIGHT_CHANGED if before else Action.OWNER_WEIGHT_CREATED,
        organization_id=_organization_of(instance.owner),
        object_id=instance.owner,
        before={"weight": before.weight} if before else None,
        after={"weight": instance.weight},
    )


@receiver(post_delete, sender=OwnerWeight)
def record_usual_weight(instance: OwnerWeight, **kwargs: Any) -> None:
    record_act(
        Action.OWNER_WEIGHT_DELETED,
        organization_id=_organization_of(instance.owner),
        object_id=instance.owner,
        before={"weight": instance.weight},
    )


def _organization_of(owner: str) -> UUID | None:
    """An owner is whatever who enqueued has called it; here mostly an organization."""
    try:
        organization_id = UUID(owner)
    except ValueError:
        return None
    return organization_id if Organization.objects.filter(pk=organization_id).exists() else None
