"""The end of a generation is the end of its hold, in the same transaction: it is billed, or costs nothing."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.dispatch import receiver
from django.utils import timezone

from accounts.ledger.amounts import Amount
from accounts.ledger.closing import Bill, release, settle
from accounts.ledger.stored_bytes import change_stored_bytes
from accounts.ledger.sweeping import Fate
from accounts.ledger.usage import Spender, record_usage
from accounts.models import Organization
from generation.models import File, Generation
from generation.signals import generation_ended
from generation.usage import calls_of, usage_of


@receiver(generation_ended)
def book_end(generation: Generation, stored_bytes: int = 0, **kwargs: Any) -> None:
    """Who joined another has no hold."""
    if not generation.is_joined:
        _close_hold(generation)
    change_stored_bytes(organization_id=generation.organization_id, by=stored_bytes)


def _close_hold(generation: Generation) -> None:
    """Of what was known already, no model was asked."""
    if not generation.cached:
        _tell_usage(generation)
    bill = _bill_of(generation)
    if bill is None:
        release(generation.id)
    else:
        settle(bill)


def _tell_usage(generation: Generation) -> None:
    used = usage_of(calls_of(generation))
    if used:
        record_usage(
            Spender(
                organization_id=generation.organization_id,
                generation_id=generation.id,
                api_key_id=generation.api_key_id,
                member_id=generation.member_id,
            ),
            used,
            framework=generation.framework,
            billed=generation.has_result,
            at=generation.finished_at or timezone.now(),
        )


def _bill_of(generation: Generation) -> Bill | None:
    """`None` for what costs nothing: failed, cancelled, or known already."""
    if not generation.has_result or generation.cached:
        return None
    return Bill(
        organization_id=generation.organization_id,
        api_key_id=generation.api_key_id,
        generation_id=generation.id,
        amount=Amount(
            microusd=generation.cost_microusd, tokens=generation.input_tokens + generation.output_tokens
        ),
    )


def find_fates(generation_ids: Sequence[UUID]) -> Mapping[UUID, Fate]:
    """What became of those for which something is still held; one that is gone is not among them."""
    generations = Generation.objects.filter(id__in=generation_ids).defer("prompt", "message")
    return {one.id: "live" if one.is_live else _bill_of(one) for one in generations}


def bytes_of(organization: Organization) -> int:
    """What the files of its generations take."""
    files = File.objects.filter(generation__organization=organization)
    return int(files.aggregate(bytes=Sum("size"))["bytes"] or 0)
