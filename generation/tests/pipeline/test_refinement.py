"""An earlier result is changed: whole files, edits, edits that do not fit, deletions."""

import pytest

from generation.tests.pipeline.requests import ScriptedModel, ended
from generation.tests.pipeline.running import parent, run

APP = "def greet(name):\n    return 'Hello ' + name\n\n\nprint(greet('you'))\n"
EDIT = """```python app.py
<<<<<<< SEARCH
    return 'Hello ' + name
=======
    return f'Good day, {name}'
>>>>>>> REPLACE
```
"""
EDITED = APP.replace("'Hello ' + name", "f'Good day, {name}'")
WRONG = EDIT.replace("'Hello ' + name", "'Hallo ' + name")


def test_the_model_sees_the_files_and_what_is_to_change() -> None:
    found = run(ScriptedModel([EDIT, ended()]), prompt="Be more formal.", parent=parent(app_py=APP))
    assert APP in found.questions[0]
    assert "Be more formal." in found.questions[0]


def test_an_edit_is_applied_and_the_result_has_every_file_and_what_changed() -> None:
    found = run(ScriptedModel([EDIT, ended()]), parent=parent(app_py=APP, README_md="# App\n"))
    assert (found.result.outcome, found.purposes) == ("completed", ["answer"])
    assert found.contents == {"app.py": EDITED, "README.md": "# App\n"}
    assert found.told == {"app.py": EDITED}
    assert found.result.comparison
    [change] = found.result.comparison.changes
    assert (change.kind, change.path, change.lines_added, change.lines_removed) == (
        "modified",
        "app.py",
        1,
        1,
    )
    assert "-    return 'Hello ' + name\n+    return f'Good day, {name}'\n" in found.result.comparison.diff


def test_whole_files_replace_those_of_the_parent_and_new_ones_are_added() -> None:
    answer = "```python app.py\nprint(1)\n```\n```python more/new.py\nx = 1\n```\n"
    found = run(ScriptedModel([answer, ended()]), parent=parent("whole", app_py=APP))
    assert found.contents == {"app.py": "print(1)\n", "more/new.py": "x = 1\n"}
    assert [change.kind for change in found.result.comparison.changes] == ["modified", "added"]  # type: ignore[union-attr]


def test_an_edit_with_an_empty_search_makes_a_file_and_overwrites_none() -> None:
    answer = "".join(
        f"```python {path}\n<<<<<<< SEARCH\n=======\nprint(1)\n>>>>>>> REPLACE\n```\n"
        for path in ("app.py", "new.py", "empty.py")
    )
    model = ScriptedModel([answer, ended()], [EDIT, ended()])
    found = run(model, parent=parent(app_py=APP, empty_py=""))
    assert "app.py:\n\nAn empty SEARCH, which is only for a file" in model.calls[1].messages[-1].content
    assert found.contents == {"app.py": EDITED, "new.py": "print(1)\n", "empty.py": "print(1)\n"}


def test_an_edit_that_names_no_file_goes_where_it_fits() -> None:
    answer = EDIT.replace("```python app.py", "```python")
    found = run(ScriptedModel([answer, ended()]), parent=parent(app_py=APP, other_py="x = 1\n"))
    assert found.contents == {"app.py": EDITED, "other.py": "x = 1\n"}
    assert (found.result.outcome, found.rules) == ("completed", [])


def test_a_file_is_deleted_and_another_moved() -> None:
    answer = "```delete old.py\n```\n```delete app.py\n```\n```python src/app.py\n" + APP + "```\n"
    found = run(ScriptedModel([answer, ended()]), parent=parent(app_py=APP, old_py="x = 1\n"))
    assert found.contents == {"src/app.py": APP}
    assert {(change.kind, change.path) for change in found.result.comparison.changes} == {  # type: ignore[union-attr]
        ("deleted", "old.py"),
        ("renamed", "src/app.py"),
    }


def test_an_edit_that_does_not_fit_is_asked_for_again_beside_the_nearest_lines() -> None:
    found = run(ScriptedModel([WRONG, ended()], [EDIT, ended()]), parent=parent(app_py=APP))
    assert (found.result.outcome, found.purposes) == ("completed", ["answer", "edit_repair"])
    assert found.contents == {"app.py": EDITED}
    assert "return 'Hallo ' + name" in found.questions[1]
    assert "    return 'Hello ' + name" in found.questions[1]


def test_of_a_file_with_an_edit_that_does_not_fit_nothing_is_changed_until_it_does() -> None:
    other = EDIT.replace("    return 'Hello ' + name", "print(greet('you'))").replace(
        "    return f'Good day, {name}'", "print(greet('all'))"
    )
    both = ScriptedModel([other + WRONG, ended()], [EDIT, ended()])
    found = run(both, parent=parent(app_py=APP))
    assert found.contents == {"app.py": EDITED.replace("'you'", "'all'")}
    assert list(found.told) == ["app.py"]


def test_after_a_second_failure_the_whole_file_is_asked_for_and_it_alone() -> None:
    whole = f"```python app.py\n{EDITED}```\n"
    model = ScriptedModel([WRONG, ended()], [WRONG, ended()], [whole, ended()])
    found = run(model, parent=parent(app_py=APP, other_py="y = 2\n"))
    assert (found.result.outcome, found.purposes) == ("completed", ["answer", "edit_repair", "repair"])
    assert found.contents == {"app.py": EDITED, "other.py": "y = 2\n"}
    assert "- app.py: " in found.questions[2]
    assert "other.py" not in found.questions[2]


def test_when_all_fails_the_file_stays_as_it_was_and_the_result_says_so() -> None:
    model = ScriptedModel([WRONG, ended()], [WRONG, ended()], ["I cannot.", ended()])
    found = run(model, parent=parent(app_py=APP))
    assert (found.result.outcome, found.contents) == ("incomplete", {"app.py": APP})
    assert found.rules == ["edit_failed"]
    assert found.result.comparison
    assert found.result.comparison.changes == ()


def test_the_good_edits_of_one_file_do_not_wait_for_those_of_another() -> None:
    other = WRONG.replace("app.py", "other.py")
    model = ScriptedModel([EDIT + other, ended()], ["Sorry.", ended()], ["No.", ended()])
    found = run(model, parent=parent(app_py=APP, other_py=APP))
    assert found.contents == {"app.py": EDITED, "other.py": APP}
    assert found.result.outcome == "incomplete"


def test_an_answer_without_a_file_or_an_edit_is_asked_for_again() -> None:
    found = run(ScriptedModel(["It is fine.", ended()], [EDIT, ended()]), parent=parent(app_py=APP))
    assert (found.purposes, found.contents) == (["answer", "retry"], {"app.py": EDITED})


@pytest.mark.parametrize("fence", ["```diff\n", "```diff app.py\n"])
def test_a_unified_diff_is_applied_too(fence: str) -> None:
    diff = f"""{fence}--- a/app.py
+++ b/app.py
@@ -1,2 +1,2 @@
 def greet(name):
-    return 'Hello ' + name
+    return f'Good day, {{name}}'
```
"""
    assert run(ScriptedModel([diff, ended()]), parent=parent(app_py=APP)).contents == {"app.py": EDITED}


def test_without_a_parent_an_edit_of_a_file_of_the_same_answer_is_applied() -> None:
    found = run(ScriptedModel([f"```python app.py\n{APP}```\n{EDIT}", ended()]))
    assert (found.contents, found.result.outcome) == ({"app.py": EDITED}, "completed")
