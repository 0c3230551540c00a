"""A chain that is broken goes on once an operator has seen it: what stands before proves nothing."""

from django.db import transaction

from accounts.audit.actions import Action
from accounts.audit.canonical import GENESIS, organization_of
from accounts.audit.record import record_act
from accounts.audit.remembered import forget_head
from accounts.audit.sealing import save_signed, seal_chain
from accounts.models import AuditAnchor, AuditChain, AuditEntry


def resume_chain(name: str, *, reason: str) -> int:
    """The position behind which it is verified from now on."""
    with transaction.atomic():
        chain = AuditChain.objects.select_for_update().filter(name=name).first() or AuditChain(name=name)
        last = AuditEntry.objects.filter(chain=name, position__isnull=False).order_by("-position").first()
        anchors = AuditAnchor.objects.filter(chain=name).order_by("-position")
        furthest = max(anchors.values_list("position", flat=True).first() or 0, chain.position)
        # No position is given away twice: what was cut off stays a gap.
        chain.position = max(furthest, (last and last.position) or 0)
        chain.hash = last.hash if last else GENESIS
        chain.start, chain.start_hash = chain.position, chain.hash
        save_signed(chain)
        record_act(
            Action.AUDIT_RESUMED,
            organization_id=organization_of(name),
            object_id=name,
            position=chain.position,
            reason=reason,
        )
    forget_head(name)
    seal_chain(name)
    return chain.position
