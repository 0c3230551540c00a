"""What only this app can answer with, and a failed generation as the error that it stands for."""

from codegen_site.errors import AppException, CallerFault, JobLost, concrete_errors
from generation.models import Generation


class GenerationCancelled(CallerFault):
    """The generation was cancelled before it had a result."""

    code = "generation_cancelled"
    status = 409
    message = "The generation was cancelled."


def error_of(generation: Generation) -> AppException | None:
    """What a caller who waited is told; `None` for a generation that has a result."""
    if generation.status == Generation.Status.CANCELLED:
        return GenerationCancelled()
    if generation.status != Generation.Status.FAILED:
        return None
    by_code = {error.code: error for error in concrete_errors()}
    return by_code.get(generation.error_code, JobLost)(generation.error_message)
