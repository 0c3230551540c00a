"""What a refinement begins with."""

from codegen_site.errors import Conflict
from generation.models import Generation
from generation.pipeline.records import EditFormat, ParentProject, ProjectFile


def parent_project(generation: Generation, *, edit_format: EditFormat) -> ParentProject:
    """What a refinement of it begins with. Raises `Conflict` where there is nothing to refine."""
    refuse_without_files(generation)
    return ParentProject(id=str(generation.id), files=files_of(generation), edit_format=edit_format)


def refuse_without_files(generation: Generation) -> None:
    """Raises `Conflict`."""
    if generation.is_live:
        raise Conflict("The generation is still running: it has no files yet.")
    if not generation.store:
        raise Conflict("The generation was not to be stored: nothing can be made of it.")
    if not generation.files.exists():
        raise Conflict(f"The generation is {generation.status}, and has no files.")


def files_of(generation: Generation) -> tuple[ProjectFile, ...]:
    return tuple(ProjectFile(**row) for row in generation.files.values("path", "language", "content"))
