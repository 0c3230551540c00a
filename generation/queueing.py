"""How a generation gets into the queue, and who takes its place there when it is cancelled.

Called inside a transaction; watchers and Redis hear of it after its COMMIT.
"""

from uuid import UUID

from django.db import transaction

from accounts.ledger.closing import hand_over
from generation import transitions
from generation.integrations import known_answers
from generation.models import Generation
from generation.tasks import run_generation
from jobs.events import publish_queued


def enqueue_generation(generation: Generation) -> None:
    tell_queued(generation.id, owner=str(generation.organization_id))
    run_generation.enqueue(generation_id=str(generation.id), organization_id=str(generation.organization_id))


def tell_queued(generation_id: UUID, *, owner: str, claim_no: int = 0) -> None:
    transaction.on_commit(
        lambda: publish_queued(
            owner=owner,
            job_id=generation_id,
            event_type="generation.queued",
            data={"id": str(generation_id)},
            claim_no=claim_no,
        ),
        robust=True,
    )


def cancel_in_flight(generation_id: UUID) -> bool:
    """End it now. False when it had ended already.

    Identical requests that had joined it go on: the first of them runs in its place.
    """
    if not transitions.cancel(generation_id):
        return False
    heir = transitions.hand_over(generation_id)
    if heir is not None:
        enqueue_generation(heir)
        hand_over(generation_id, heir_id=heir.id, heirs_key_id=heir.api_key_id)
    generation = Generation.objects.get(id=generation_id)
    if generation.answer_key and not generation.is_joined:
        transaction.on_commit(lambda: _pass_lead(generation.answer_key, heir), robust=True)
    return True


def _pass_lead(key: str, heir: Generation | None) -> None:
    if heir is None:
        known_answers.leave_lead(key)
    else:
        known_answers.take_lead(key, heir.id)
