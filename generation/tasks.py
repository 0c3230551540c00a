"""The background work of the product: ids in, one call out."""

from uuid import UUID

from django.conf import settings

from generation.execution import execute_generation
from jobs.task import JobContext, task


@task(
    queue_name="llm",
    takes_context=True,
    max_attempts=4,
    timeout=settings.GENERATION_TIMEOUT_S,
    owner_arg="organization_id",
    id_arg="generation_id",
)
async def run_generation(
    context: JobContext, *, generation_id: str, organization_id: str, use_known: bool = False
) -> None:
    """With `use_known`, an answer that is known by the time it runs is taken."""
    await execute_generation(context, UUID(generation_id), use_known=use_known)
