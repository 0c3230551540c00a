"""Imports and includes of other languages."""

import posixpath
import re

from generation.pipeline.check_quality.findings import Reference
from generation.pipeline.check_quality.references.project import Project, beside

_SCRIPT = re.compile(r"\.(?:[cm]?[jt]sx?)$")
_QUERY = re.compile(r"[?#].*$", re.DOTALL)
# How builds call the folder of the sources.
_ALIAS = re.compile(r"^(?:@|~|~~|@@|\$lib)/")
_MADE_MODULE = re.compile(
    r"\$types|\+types/|(?:^|/)\.|\.gen(?:erated)?(?:\.|$)|generated|_pb(?:\.|$)|virtual:"
)
_MODULE_OF_GO = re.compile(r"^module\s+(\S+)", re.MULTILINE)
_MADE_BY_DART = (".g.dart", ".freezed.dart", ".gr.dart", ".config.dart", ".mocks.dart")
_NAME_OF_DART = re.compile(r"^name:\s*(\w+)", re.MULTILINE)


def missing_script(project: Project, path: str, reference: Reference) -> str | None:
    target = _QUERY.sub("", reference.target.rpartition("!")[2])
    if _MADE_MODULE.search(re.sub(r"^(?:\.{1,2}/)+", "", target)):
        return None
    if alias := _ALIAS.match(target):
        wanted = ("lib/" if alias[0].startswith("$lib") else "") + target[alias.end() :]
        stem = _SCRIPT.sub("", wanted)
        return None if not stem or stem in project.endings_of_stems else wanted
    if not target.startswith(("./", "../")) and target not in {".", ".."}:
        return None
    there = beside(path, target)
    if there is None or there in project.folders or _SCRIPT.sub("", there) in project.stems:
        return None
    return there


def missing_package(project: Project, path: str, reference: Reference) -> str | None:
    for module, root in project.declared("go.mod", _MODULE_OF_GO).items():
        if reference.target.startswith(f"{module}/"):
            folder = posixpath.join(root, reference.target[len(module) + 1 :])
            return None if folder in project.folders or _MADE_MODULE.search(folder) else folder
    return None


def missing_rust_module(project: Project, path: str, reference: Reference) -> str | None:
    """Beside the file for the root of a crate or a folder, else in the folder of the file's own name."""
    folder, name = posixpath.split(path)
    own = posixpath.join(folder, name.removesuffix(".rs"))
    found = (posixpath.join(base, reference.target) for base in (folder, own))
    if any(f"{there}.rs" in project.files or f"{there}/mod.rs" in project.files for there in found):
        return None
    base = folder if name in {"main.rs", "lib.rs", "mod.rs"} else own
    return posixpath.join(base, f"{reference.target}.rs")


def missing_include(project: Project, path: str, reference: Reference) -> str | None:
    """A header in quotes may be a library's: the project's own is known by the source of its name."""
    name = posixpath.basename(reference.target)
    if name in project.by_name:
        return None
    stem = name.rpartition(".")[0]
    own = {f"{stem}{suffix}" for suffix in (".c", ".cpp", ".cc", ".cxx")}
    return reference.target if not own.isdisjoint(project.by_name) else None


def missing_php(project: Project, path: str, reference: Reference) -> str | None:
    target = reference.target
    if target.startswith("/") or not target.endswith(".php"):
        return None
    there = beside(path, target)
    is_made = there is None or "vendor/" in there or posixpath.normpath(target) in project.files
    return None if is_made or there in project.files else there


def missing_ruby(project: Project, path: str, reference: Reference) -> str | None:
    there = beside(path, reference.target.removesuffix(".rb") + ".rb")
    return None if there in project.files else there


def missing_dart(project: Project, path: str, reference: Reference) -> str | None:
    target = reference.target
    if not target.endswith(".dart") or target.endswith(_MADE_BY_DART):
        return None
    if target.startswith("package:"):
        package, _, inside = target.removeprefix("package:").partition("/")
        root = project.declared("pubspec.yaml", _NAME_OF_DART).get(package)
        wanted = None if root is None else posixpath.join(root, "lib", inside)
    else:
        wanted = None if ":" in target else beside(path, target)
    return None if wanted in project.files else wanted
