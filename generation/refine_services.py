"""What can be asked of an earlier result: refine it, or take it up again."""

from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.ledger.stored_bytes import change_stored_bytes
from codegen_site.errors import Conflict, NotFound
from generation.models import File, Generation
from generation.parents import refuse_without_files
from generation.pipeline.compare_files import compare_files
from generation.pipeline.format_response import format_changes
from generation.pipeline.records import Comparison


def compare_generations(before: Generation | None, after: Generation) -> Comparison:
    return compare_files(_texts(before) if before else {}, _texts(after))


def _texts(generation: Generation) -> dict[str, str]:
    return dict(generation.files.values_list("path", "content"))


def restore_generation(
    *, generation: Generation, onto: Generation | None = None, metadata: dict[str, Any] | None = None
) -> Generation:
    """A new node of the history with the files of this one, as a child of `onto` or of the newest node.

    Raises `Conflict` where there are no files, and `NotFound` when `onto` is of another history.
    """
    refuse_without_files(generation)
    parent = onto or _newest_node(generation)
    if parent.history_id != generation.history_id:
        raise NotFound("The generation to restore onto is not in the same history.")
    if parent.is_live:
        raise Conflict("The generation to restore onto is still running.")
    comparison = compare_generations(parent, generation)
    now = timezone.now()
    with transaction.atomic():
        restored = Generation.objects.create(
            id=uuid7(),
            organization=generation.organization,
            status=generation.status,
            created_at=now,
            started_at=now,
            finished_at=now,
            prompt=generation.prompt,
            model=generation.model,
            framework=generation.framework,
            framework_source=generation.framework_source,
            framework_confidence=generation.framework_confidence,
            answered_by=generation.answered_by,
            message=generation.message,
            checks=generation.checks,
            open_files=generation.open_files,
            entry_points=generation.entry_points,
            metadata=metadata or {},
            parent=parent,
            restored_from=generation,
            history_id=generation.history_id,
            changes=format_changes(comparison),
            diff=comparison.diff,
        )
        File.objects.bulk_create(
            File(
                generation=restored,
                path=file.path,
                language=file.language,
                size=file.size,
                sha256=file.sha256,
                content=file.content,
            )
            for file in generation.files.iterator(chunk_size=50)
        )
        stored = restored.files.aggregate(bytes=Sum("size"))["bytes"] or 0
        change_stored_bytes(organization_id=restored.organization_id, by=stored)
        record_deed(Action.GENERATION_RESTORED, restored, restored_from=generation.id, parent=parent.id)
    return restored


def _newest_node(generation: Generation) -> Generation:
    nodes = Generation.objects.for_organization(generation.organization)
    return nodes.with_result().filter(history_id=generation.history_id).latest("id")
