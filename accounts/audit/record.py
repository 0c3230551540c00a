"""An entry is written in the transaction of what it tells of: both are there, or neither.

It costs one INSERT. Its digest is told to the log of the service as soon as it is committed, so that whoever
deletes it before it is tied into its chain is found out by that.
"""

import logging
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction

from accounts.actor import OPERATOR, Actor
from accounts.audit.actions import Action
from accounts.audit.canonical import chain_of, digest_of
from accounts.audit.changes import Values, tell_changes, tell_text, tell_values
from accounts.audit.circumstances import current_actor, current_circumstances
from accounts.audit.signing import sign, signed_of
from accounts.models import AuditEntry, Organization

ENTRY_TOLD = "audit.entry"

logger = logging.getLogger("accounts.audit")


class Owned(Protocol):
    """A thing of an organization's."""

    pk: Any
    organization_id: Any


def record_act(
    action: str,
    *,
    object_id: object,
    organization_id: UUID | None = None,
    object_kind: str = "",
    by: Actor | None = None,
    before: Values | None = None,
    after: Values | None = None,
    **details: Any,
) -> AuditEntry:
    """`action` is one of `Action`. Without an organization it belongs to the installation, as logins do.

    Of `before` and `after` what differs is kept. All values are brought into short JSON, and secrets are
    left out by the names of their fields. Without `by` it was whoever calls, or is logged in.
    """
    known = Action(action)
    # What no actor was named for was done by whoever is there, if anybody is.
    actor = current_actor() if by is None or by is OPERATOR else by
    around = current_circumstances()
    told_before, told_after = tell_changes(before, after)
    entry = AuditEntry(
        chain=chain_of(organization_id),
        organization_id=organization_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor=tell_text(actor.name),
        role=actor.shown_role,
        action=known.value,
        object_kind=object_kind or known.kind,
        object_id=str(object_id)[:64],
        before=told_before,
        after=told_after,
        details=tell_values(details),
        address=around.address,
        user_agent=tell_text(around.user_agent),
        request_id=around.request_id,
    )
    entry.digest = digest_of(entry)
    entry.signature, entry.signed_with = sign(*signed_of(entry))
    entry.save()
    transaction.on_commit(partial(_tell, entry), robust=True)
    return entry


def record_deed(
    action: str,
    thing: Organization | Owned,
    *,
    by: Actor | None = None,
    before: Values | None = None,
    after: Values | None = None,
    **details: Any,
) -> AuditEntry:
    """As `record_act`, of something that belongs to an organization, or of the organization itself."""
    return record_act(
        action,
        organization_id=thing.pk if isinstance(thing, Organization) else thing.organization_id,
        object_id=thing.pk,
        by=by,
        before=before,
        after=after,
        **details,
    )


def _tell(entry: AuditEntry) -> None:
    logger.info(
        ENTRY_TOLD,
        extra={
            "entry": str(entry.pk),
            "action": entry.action,
            "chain": entry.chain,
            "digest": entry.digest,
            "created_at": entry.created_at.isoformat(),
        },
    )
