"""The last resort: a generation whose job is over ends too, whatever kept it from ending with its job."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone

from codegen_site.errors import JobLost
from generation import transitions
from generation.integrations import known_answers
from generation.models import Generation
from jobs.models import Job

# A job that ends this moment ends its generation in the same transaction.
PATIENCE = timedelta(minutes=1)


def end_lost_generations() -> int:
    """How many there were: a receiver that failed, or a job that was deleted by hand, leaves them."""
    job = Job.objects.unfinished().filter(id=OuterRef("runner"))
    live = Generation.objects.live().filter(created_at__lt=timezone.now() - PATIENCE)
    # Who has joined another waits for the job of that one.
    lost = live.annotate(runner=Coalesce("leader_id", F("id"))).exclude(Exists(job))
    return sum(_end(generation_id) for generation_id in lost.values_list("id", flat=True))


def _end(generation_id: UUID) -> bool:
    with transaction.atomic():
        ended = transitions.fail(
            generation_id, code=JobLost.code, message=JobLost.message, retryable=JobLost.retryable
        )
    key = Generation.objects.filter(id=generation_id).values_list("answer_key", flat=True).first()
    if ended and key:
        known_answers.leave_lead(key)
    return ended
