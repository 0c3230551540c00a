"""What can be asked of the product: start a generation, cancel it, delete it."""

import time
from typing import Any, Literal

from django.db import transaction
from django.db.models import Sum
from uuid_utils.compat import uuid7

from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.callers import Caller, is_test
from accounts.idempotency import SentKey, keep_subject
from accounts.ledger.notices import tell_refusal
from accounts.ledger.quota import Refusal
from accounts.ledger.reserving import reserve
from accounts.ledger.stored_bytes import change_stored_bytes
from accounts.models import ApiKey, Membership, Organization
from codegen_site.errors import Conflict, QuotaExceeded, TooManyInFlight
from generation import transitions
from generation.holds import hold_of
from generation.in_flight import take_place
from generation.integrations import known_answers
from generation.models import Generation
from generation.pipeline.records import GenerationRequest
from generation.prices import refresh_prices
from generation.prompts.serving import choose_texts
from generation.queueing import cancel_in_flight, enqueue_generation
from jobs.events import purge_events
from jobs.models import Job
from jobs.services import cancel_job

CacheUse = Literal["use", "refresh", "off"]

# How long a leader may take from Redis, where it is announced, to its COMMIT.
COMMIT_PATIENCE_S = 1.0


def start_generation(  # noqa: PLR0913 - what a request says
    *,
    organization: Organization,
    request: GenerationRequest,
    metadata: dict[str, Any] | None = None,
    cache: CacheUse = "use",
    store: bool = True,
    request_id: str = "",
    sent_key: SentKey | None = None,
    parent: Generation | None = None,
    caller: Caller | None = None,
) -> Generation:
    """A generation that is known already, joined to one that runs, or newly enqueued.

    With `sent_key` at most once: raises `IdempotencyKeyInUse` when another request was faster. With
    `parent` a refinement of it: `request.parent` has its files. What is not known needs a place, and raises
    `TooManyInFlight`; only what is enqueued costs anything, and raises `QuotaExceeded` where the plan has no
    room for it.
    """
    # What is not stored is neither taken from what is known nor added to it, and nobody waits for it.
    cache = cache if store else "off"
    generation = new_generation(
        organization=organization,
        request=request,
        metadata=metadata,
        cache=cache,
        request_id=request_id,
        caller=caller,
    )
    generation.store = store
    if parent is not None:
        generation.parent, generation.history_id = parent, parent.history_id
    if cache == "use":
        return (
            _record_known(generation, sent_key)
            or _join_running(generation, sent_key)
            or _lead(generation, request, sent_key)
        )
    return _enqueue(generation, request, sent_key)


def new_generation(
    *,
    organization: Organization,
    request: GenerationRequest,
    metadata: dict[str, Any] | None,
    cache: CacheUse,
    request_id: str,
    caller: Caller | None = None,
) -> Generation:
    """The row of a request, not stored yet."""
    generation = Generation(
        id=uuid7(),
        organization=organization,
        api_key=caller if isinstance(caller, ApiKey) else None,
        member=caller if isinstance(caller, Membership) else None,
        prompt=request.prompt,
        model=request.model,
        requested_framework=request.framework or "",
        requested_language=request.language or "",
        max_output_tokens=request.max_output_tokens,
        temperature=request.temperature,
        edit_format=request.parent.edit_format if request.parent else "",
        metadata=metadata or {},
        request_id=request_id,
        is_test=is_test(caller),
    )
    chosen = choose_texts(generation.id)
    generation.prompt_texts_id, generation.prompt_version = chosen.row_id, chosen.texts.version
    if cache != "off":
        generation.answer_key = known_answers.answer_key(
            organization_id=organization.id,
            request=request,
            prompt_version=chosen.texts.version,
            is_test=generation.is_test,
        )
    return generation


def _record_known(generation: Generation, sent_key: SentKey | None) -> Generation | None:
    payload = known_answers.find_answer(generation.answer_key)
    if payload is None:
        return None
    generation.cached = True
    generation.started_at = generation.created_at
    with transaction.atomic():
        keep_subject(sent_key, subject=generation.id)
        _record_refinement(generation)
        transitions.fill(generation, payload=payload, charged_microusd=None)
    return generation


def _join_running(generation: Generation, sent_key: SentKey | None) -> Generation | None:
    """Follow an identical request of the same organization, if one runs; else lead those to come."""
    leader_id = known_answers.lead_or_find_leader(generation.answer_key, generation.id)
    if leader_id == generation.id:
        return None
    deadline = time.monotonic() + COMMIT_PATIENCE_S
    while not Generation.objects.filter(id=leader_id).exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    with transaction.atomic():
        take_place(generation)
        candidates = Generation.objects.for_organization(generation.organization).live()
        leader = candidates.select_for_update().filter(id=leader_id, leader=None).first()
        if leader is not None:
            keep_subject(sent_key, subject=generation.id)
            _record_refinement(generation)
            generation.leader = leader
            generation.status = leader.status
            generation.started_at = generation.created_at if leader.started_at else None
            generation.save(force_insert=True)
            return generation
    known_answers.take_lead(generation.answer_key, generation.id)
    return None


def _lead(generation: Generation, request: GenerationRequest, sent_key: SentKey | None) -> Generation:
    try:
        return _enqueue(generation, request, sent_key)
    except (QuotaExceeded, TooManyInFlight):
        # Nobody is to wait for one that will never be.
        known_answers.leave_lead(generation.answer_key)
        raise


def _enqueue(generation: Generation, request: GenerationRequest, sent_key: SentKey | None) -> Generation:
    refresh_prices()
    hold = hold_of(generation.id, request)
    organization = generation.organization
    try:
        with transaction.atomic():
            take_place(generation)
            keep_subject(sent_key, subject=generation.id)
            _record_refinement(generation)
            generation.save(force_insert=True)
            enqueue_generation(generation)
            reserve(organization=organization, api_key=generation.api_key, holds=[hold])
    except Refusal as refusal:
        tell_refusal(organization.id, refusal)
        raise
    return generation


def _record_refinement(generation: Generation) -> None:
    """A generation that begins with a prompt is its own record."""
    if generation.parent_id:
        record_deed(Action.GENERATION_REFINED, generation, parent=generation.parent_id)


@transaction.atomic
def cancel_generation(*, generation: Generation) -> bool:
    """End it now; its worker hangs up on the model a moment later. False when it had ended already.

    Identical requests that had joined it go on: the first of them runs in its place.
    """
    # The job first, as a worker does that writes: in the other order two could wait for each other.
    Job.objects.select_for_update().filter(id=generation.id).first()
    if not cancel_in_flight(generation.id):
        return False
    record_deed(Action.GENERATION_CANCELLED, generation, batch=generation.batch_id)
    cancel_job(job_id=generation.id)
    return True


def delete_generation(*, generation: Generation) -> None:
    """Delete it with its files, attempts and job, and forget its answer. Raises `Conflict` while it runs."""
    with transaction.atomic():
        locked = Generation.objects.select_for_update().get(id=generation.id)
        if locked.is_live:
            raise Conflict("The generation is still running. Cancel it first.")
        if locked.children.live().exists():
            raise Conflict("A refinement of it is still running. Cancel that first.")
        stored = locked.files.aggregate(bytes=Sum("size"))["bytes"] or 0
        Job.objects.filter(id=locked.id).delete()
        record_deed(Action.GENERATION_DELETED, locked, status=locked.status, created_at=locked.created_at)
        locked.delete()
        change_stored_bytes(organization_id=locked.organization_id, by=-stored)
    purge_events(owner=str(generation.organization_id), job_id=generation.id)
    if generation.answer_key:
        known_answers.forget_answer(generation.answer_key)
