"""Addresses in pages and style sheets."""

import posixpath
import re
from urllib.parse import unquote

from generation.pipeline.check_quality.findings import Reference
from generation.pipeline.check_quality.references.project import Project, beside

_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|~|@|\$", re.IGNORECASE)
_TEMPLATE = re.compile(r"[{}<>$*|`]|%[^0-9A-Fa-f]")
# A server fills these in: the addresses in them are its routes.
_TEMPLATE_FOLDERS = frozenset({"templates", "views", "layouts", "_includes", "_layouts", "partials"})
_SHEETS = (".css", ".scss", ".sass", ".less")


def address_of_file(address: str) -> str | None:
    """The path in a relative address; None where it leads elsewhere or is still to be filled in."""
    if _ELSEWHERE.match(address) or _TEMPLATE.search(address):
        return None
    path = unquote(re.split(r"[?#]", address, maxsplit=1)[0]).strip()
    return None if not path or path.endswith("/") or "." not in posixpath.basename(path) else path


def missing_from_page(project: Project, path: str, reference: Reference) -> str | None:
    address = address_of_file(reference.target)
    if address is None or not _TEMPLATE_FOLDERS.isdisjoint(path.split("/")[:-1]):
        return None
    return _missing(project, path, address)


def missing_from_style(project: Project, path: str, reference: Reference) -> str | None:
    address = address_of_file(reference.target)
    if address is None:
        target = reference.target
        is_sheet = target.startswith(("./", "../")) and not _TEMPLATE.search(target)
        return _missing_sheet(project, path, target) if is_sheet else None
    is_package = not address.startswith((".", "/")) and not project.is_static
    return None if is_package or address.endswith(_SHEETS[1:]) else _missing(project, path, address)


def _missing_sheet(project: Project, path: str, target: str) -> str | None:
    """`@use "./colors"` means `colors.scss` or `_colors.scss`, or an index in a folder of that name."""
    wanted = beside(path, target)
    if wanted is None:
        return None
    folder, name = posixpath.split(wanted)
    stems = (wanted, posixpath.join(folder, f"_{name}"), posixpath.join(wanted, "_index"))
    return None if any(stem in project.stems for stem in stems) or wanted in project.folders else wanted


def _missing(project: Project, path: str, address: str) -> str | None:
    wanted = address.lstrip("/") if address.startswith("/") else beside(path, address)
    if wanted is None or wanted in project.files:
        return None
    bare = re.sub(r"^(?:\.{1,2}/)+", "", address).lstrip("/")
    is_served = address.startswith("/") or not project.is_static
    return None if is_served and bare in project.endings else wanted
