"""Projects that no one would write, for what has to hold for every project."""

from hypothesis import strategies as st

LINES = [
    "", "a", "b", "}", "  x", "\tx", "é", "\x0c", "a\u2028b", "tail  ", "one\rtwo", "\x00",
    "-- x", "++ y", "--- a/b", "+++ b/c", "@@ -1 +1 @@", "diff --git a/x b/x", "\\ No newline at end of file",
    "<<<<<<< HEAD", "=======", ">>>>>>> main",
]  # fmt: skip
PATHS = [
    "a.py", "b.py", "src/a.py", "src/deep/c d.txt", "src/é.md", "тест/файл.js", 'a"b', "tab\there", "-dash", "b/a.py",
    "back\\slash", "it's", "x y/z",
]  # fmt: skip


@st.composite
def texts(draw: st.DrawFn, ending: str | None = None) -> str:
    eol = ending or draw(st.sampled_from(["\n", "\r\n"]))
    lines = draw(st.lists(st.sampled_from(LINES), max_size=25))
    return eol.join(lines) + draw(st.sampled_from(["", eol]))


def projects(ending: str | None = None) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(PATHS), texts(ending), max_size=6)


@st.composite
def changed(draw: st.DrawFn, project: dict[str, str]) -> dict[str, str]:
    """The project with files deleted, moved, edited and added."""
    after = dict(project)
    for path in project:
        match draw(st.sampled_from(["keep", "edit", "delete", "move", "move and edit"])):
            case "edit":
                after[path] = draw(edited(after[path]))
            case "delete":
                del after[path]
            case "move":
                text = after.pop(path)
                after[draw(st.sampled_from(PATHS))] = text
            case "move and edit":
                text = after.pop(path)
                after[draw(st.sampled_from(PATHS))] = draw(edited(text))
    return after | draw(st.dictionaries(st.sampled_from(PATHS), texts(), max_size=2))


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines)))
        lines[at : at + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(LINES), max_size=2))
    return "\n".join(lines)
