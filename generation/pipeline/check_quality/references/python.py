"""Imports of a project's own Python modules."""

import posixpath
import sys
from collections.abc import Iterator

from generation.pipeline.check_quality.findings import Reference
from generation.pipeline.check_quality.references.project import Project, folders_of


def missing_module(project: Project, path: str, reference: Reference) -> str | None:
    if reference.target.startswith("."):
        return _missing_relative(project, path, reference)
    return _missing_absolute(project, path, reference)


def _missing_relative(project: Project, path: str, reference: Reference) -> str | None:
    target = reference.target.lstrip(".")
    folder = posixpath.dirname(path)
    for _ in range(len(reference.target) - len(target) - 1):
        if not folder:
            return None  # above the project
        folder = posixpath.dirname(folder)
    module = posixpath.join(folder, *target.split(".")) if target else folder
    if target and not _is_module(project, module):
        return f"{module}.py"
    return _missing_name(project, module, reference.names)


def _missing_absolute(project: Project, path: str, reference: Reference) -> str | None:
    """Only what is below a folder of the project is known to be its own."""
    first, *rest = reference.target.split(".")
    if first in sys.stdlib_module_names:
        return None
    packages = [package for package in _packages(path, first) if _is_own(project, path, package)]
    if not packages:
        return None
    modules = [posixpath.join(package, *rest) for package in packages]
    there = [module for module in modules if _is_module(project, module)]
    if not there:
        return f"{modules[0]}.py"
    missing = [_missing_name(project, module, reference.names) for module in there]
    return missing[0] if all(missing) else None


def _packages(path: str, name: str) -> Iterator[str]:
    """Where the package may lie: at the root, in `src`, or beside a folder of the file's."""
    yield name
    yield f"src/{name}"
    for folder in folders_of(path):
        if folder:
            yield posixpath.join(folder, name)


def _is_own(project: Project, path: str, package: str) -> bool:
    """A folder without `__init__.py` may only bear the name of the library that the files in it use."""
    if f"{package}/__init__.py" in project.files:
        return True
    return package in project.direct_python_folders and not path.startswith(f"{package}/")


def _is_module(project: Project, module: str) -> bool:
    return (
        f"{module}.py" in project.files
        or f"{module}.pyi" in project.files
        or module in project.python_folders
    )


def _missing_name(project: Project, module: str, names: tuple[str, ...]) -> str | None:
    """`from package import name`: a module, unless the package defines it."""
    if f"{module}.py" in project.files or module not in project.python_folders:
        return None
    init = project.files.get(posixpath.join(module, "__init__.py"))
    if init and init.content.strip():
        return None
    missing = (
        posixpath.join(module, name) for name in names if name.isidentifier() and not name.startswith("__")
    )
    return next((f"{path}.py" for path in missing if not _is_module(project, path)), None)
