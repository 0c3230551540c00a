"""Python by its own compiler, which also knows a `return` outside of a function."""

import ast
import warnings

from tree_sitter import Node

from generation.pipeline.check_quality.findings import Finding
from generation.pipeline.check_quality.trees import Part

# The compiler takes the square of the number of statements of a module, the parser does not.
MAX_COMPILED_CHARS = 150_000
FILE_NAME = "<a file of the project>"
TOO_DEEP = "The code is nested too deeply to be parsed."
# Syntax that is younger than the Python this runs on; its grammar is younger too.
_YOUNG = """
(type_alias_statement) @young
(function_definition type_parameters: (_)) @young
(class_definition type_parameters: (_)) @young
(string (interpolation) @interpolation)
"""

warnings.filterwarnings("ignore", module=FILE_NAME)


def python_fault(part: Part) -> Finding | None:
    only_parsed = ast.PyCF_ONLY_AST if len(part.text) > MAX_COMPILED_CHARS else 0
    try:
        compile(part.text, FILE_NAME, "exec", flags=only_parsed, dont_inherit=True)
    except SyntaxError as error:
        if _is_young(part):
            return None
        line = part.first_line - 1 + error.lineno if error.lineno else None
        return Finding(tool="python", rule="syntax", line=line, message=f"{error.msg}.")
    except ValueError as error:
        return Finding(tool="python", rule="syntax", line=None, message=f"{error}.")
    except (RecursionError, MemoryError, OverflowError):
        return Finding(tool="python", rule="too_deep", line=None, message=TOO_DEEP)
    return None


def _is_young(part: Part) -> bool:
    """Is the code right to a grammar that knows what newer versions of Python allow?"""
    if part.root is None or part.root.has_error:
        return False
    found = part.captures(_YOUNG)
    return "young" in found or any(_is_young_text(part, node) for node in found.get("interpolation", []))


def _is_young_text(part: Part, node: Node) -> bool:
    """From 3.12 on, what is between the braces may hold the quotes of the text around it."""
    string = node.parent
    quote = part.text_of(string)[-1:] if string else ""
    inside = part.text_of(node)
    return bool(quote) and (quote in inside or "\\" in inside)
