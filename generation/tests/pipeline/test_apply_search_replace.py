"""SEARCH/REPLACE blocks in the ways in which models write them, and the layers of matching."""

import pytest

from generation.tests.pipeline.edits import applied, apply, block, refused

CODE = "def a():\n    if x:\n        return 1\n\n\ndef b():\n    if x:\n        return 1\n\n\ndef c():\n    pass\n"


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE",
        "<<<<<<< SEARCH\r\nold\r\n=======\r\nnew\r\n>>>>>>> REPLACE\r\n",
        "<<<<< ORIGINAL\nold\n=====\nnew\n>>>>> UPDATED\n",
        "<<<<<<<<< SEARCH\nold\n=========\nnew\n>>>>>>>>> REPLACE\n",
        "<<<<<<<SEARCH\nold\n=======\nnew\n>>>>>>>REPLACE\n",
        "<<<<<<< SEARCH\nold\n======\nnew\n>>>>>>>> REPLACE\n",
        "<<<<<<< SEARCH a.py\nold\n=======\nnew\n>>>>>>> REPLACE a.py\n",
        "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>>\n",
        "  <<<<<<< SEARCH\nold\n  =======\nnew\n  >>>>>>> REPLACE\n",
        "a.py\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n",
        "```python\na.py\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n```\n",
        "```python:a.py\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n```\n",
        "### `a.py`:\n\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n",
    ],
)  # fmt: skip
def test_a_block_is_read_however_it_is_marked(text: str) -> None:
    assert apply({"a.py": "old\n"}, text, path="a.py").files[0].content == "new\n"


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("<<<<<<< SEARCH\nold\n=======\nnew\n", "it ends before its >>>>>>> REPLACE line"),
        ("<<<<<<< SEARCH\nold\n=======\nnew\n=======\n", "it ends before its >>>>>>> REPLACE line"),
        ("<<<<<<< SEARCH\nold\n", "it has no ======= line"),
        ("<<<<<<< SEARCH\nold\n>>>>>>> REPLACE\n", "it has no ======= line"),
        ("<<<<<<< SEARCH\nold\n=======\nnew\n" + block("a", "b"), "it has no >>>>>>> REPLACE line"),
    ],
)
def test_a_block_that_is_not_whole_is_refused(text: str, flaw: str) -> None:
    assert refused("old\na\n", text)[0] == flaw


def test_several_files_may_be_edited_in_one_text() -> None:
    text = f"a.py\n{block('a', 'A')}\n**src/b.py**\n{block('b', 'B')}{block('c', 'C')}"
    outcome = apply({"a.py": "a\n", "src/b.py": "b\nc\n"}, text, path="a.py")
    assert [(file.path, file.content) for file in outcome.files] == [("a.py", "A\n"), ("src/b.py", "B\nC\n")]


@pytest.mark.parametrize(
    ("text", "search", "replace", "result"),
    [
        # exact
        ("a\nb\nc\n", "b", "B", "a\nB\nc\n"),
        ("a\nb\nc\n", "b", "", "a\nc\n"),
        ("a\nb\nc\n", "a\nb\nc", "", ""),
        ("aa\na\n", "a", "b", "aa\nb\n"),
        ("a\nb\n", "a\nb", "a\nnew\nb", "a\nnew\nb\n"),
        # trailing blanks, which stay where a line is not changed
        ("a  \nb\t\nc\n", "a\nb", "a\nB", "a  \nB\nc\n"),
        ("a\nb\n", "a  \nb ", "a  \nB", "a\nB\n"),
        # indentation: more or less of it, and the new lines alike
        ("    if x:\n        y()\n", "if x:\n    y()", "if x:\n    z()\n\n    w()", "    if x:\n        z()\n\n        w()\n"),
        ("if x:\n    y()\n", "    if x:\n        y()", "    if x:\n        z()", "if x:\n    z()\n"),
        ("\tif (x) {\n\t\ty();\n\t}\n", "if (x) {\n\ty();\n}", "if (x) {\n\tz();\n}", "\tif (x) {\n\t\tz();\n\t}\n"),
        # tabs and spaces
        ("{\n\ta: 1,\n\t\tb: 2,\n}\n", "    a: 1,\n        b: 2,", "    a: 3,\n        c: 4,\n          d", "{\n\ta: 3,\n\t\tc: 4,\n\t\t  d\n}\n"),
        ("{\n  a: 1,\n    b: 2,\n}\n", "\ta: 1,\n\t\tb: 2,", "\ta: 3,\n\t\tb: 2,", "{\n  a: 3,\n    b: 2,\n}\n"),
        ("\t/**\n\t * doc\n\t */\n", "    /**\n     * doc\n     */", "    /**\n     * docs\n     */", "\t/**\n\t * docs\n\t */\n"),
        # blank lines at the ends
        ("a\nb\n", "\na\n\n", "\nA\n\n", "A\nb\n"),
        ("a\nb\n", "\n\na", "A", "A\nb\n"),
        ("a\nb\n", "a\n", "A\n\n", "A\n\nb\n"),
        # line endings and the end of the file
        ("a\r\nb\r\nc\r\n", "b", "B\nB2", "a\r\nB\r\nB2\r\nc\r\n"),
        ("a\nb", "b", "B", "a\nB"),
        ("a\nb", "b", "", "a"),
        ("a\nb", "a", "A", "A\nb"),
        ("a\r\nb\nc\r\n", "a\nb\nc", "a\nb\nnew\nc", "a\r\nb\nnew\r\nc\r\n"),
        ("\ufeffimport a\nb\n", "import a", "import c", "\ufeffimport c\nb\n"),
        ("a\x0cb\u2028c\n", "a\x0cb\u2028c", "x", "x\n"),
        # lines left out
        ("def a():\n    1\n    2\n    3\n    return 4\n", "def a():\n    ...\n    return 4", "def a(x):\n    ...\n    return x", "def a(x):\n    1\n    2\n    3\n    return x\n"),
        ("a\n1\nb\n", "a\n// ... existing code ...\nb", "A\n# ... unchanged ...\nB", "A\n1\nB\n"),
        ("a\n1\nb\n2\nc\n", "...\na\n...\nc\n...", "...\nA\n...\nC\n...", "A\n1\nb\n2\nC\n"),
        ("def f(): ...\n", "def f(): ...", "def f(): pass", "def f(): pass\n"),
        ("class P:\n    ...\n", "class P:\n    ...", "class Q:\n    ...", "class Q:\n    ...\n"),
    ],
)  # fmt: skip
def test_a_search_is_found_but_for_white_space(text: str, search: str, replace: str, result: str) -> None:
    assert applied(text, block(search, replace)) == result


@pytest.mark.parametrize(
    ("text", "search", "replace", "reason"),
    [
        ("a\nb\n", "A", "x", "its SEARCH is not in the file"),
        ("abc\n", "b", "x", "its SEARCH is not in the file"),
        ("a = 'x'\n", 'a = "x"', "x", "its SEARCH is not in the file"),
        ("if x:\n    a()\n    b()\n", "if x:\n  a()\n    b()", "x", "its SEARCH is not in the file"),
        ("if x:\n    a()\nb()\n", "    a()\n    b()", "x", "its SEARCH is not in the file"),
        ("a\n\nb\n", "a\nb", "x", "its SEARCH is not in the file"),
        ("a\nb\na\n", "a", "x", "its SEARCH is in the file 2 times"),
        ("a \nb\na\t\n", "a", "x", "its SEARCH is in the file 2 times"),
        ("  a\nb\n    a\n", "a", "x", "its SEARCH is in the file 2 times"),
        ("x\n" * 500, "x", "y", "its SEARCH is in the file 100 or more times"),
        ("a\n", "", "b", "its SEARCH is empty, and the file is not"),
        ("    a()\n    b()\n", "        a()\n        b()", "        a()\n  c()", "its SEARCH is not indented as the file is, and its REPLACE is indented less"),
        ("a\n1\nb\n", "a\n...\nb", "A\nB", "its SEARCH is not in the file"),
        ("a\n1\nb\n", "a\n...\nc", "A\n...\nC", "its SEARCH is not in the file"),
        ("a\n1\nb\n2\nb\n", "a\n...\nb", "A\n...\nB", "its SEARCH is not in the file"),
        ("a\n1\na\n2\nb\n", "a\n...\nb", "A\n...\nB", "its SEARCH is not in the file"),
        ("b\n1\na\n", "a\n...\nb", "A\n...\nB", "its SEARCH is not in the file"),
        ("a\n1\n", "a\n...", "a\n...\nnew", "its SEARCH is not in the file"),
        ("a\nb\nc\n", "a\nb\nc", "a\n// ... rest of the code\nc", "its REPLACE leaves lines out (// ... rest of the code), which would be lost"),
    ],
)  # fmt: skip
def test_what_is_not_there_once_is_refused(text: str, search: str, replace: str, reason: str) -> None:
    assert refused(text, block(search, replace)) == [reason]


def test_the_first_layer_that_finds_anything_decides() -> None:
    assert applied("a\n  a\n", block("a", "b")) == "b\n  a\n"
    assert applied("a \n  a\n", block("a", "b")) == "b\n  a\n"


def test_later_blocks_see_what_earlier_ones_did() -> None:
    assert applied("a\n", block("a", "b"), block("b", "c\nd"), block("c\nd", "e")) == "e\n"


@pytest.mark.parametrize(
    ("blocks", "result"),
    [
        ([("def a():", "def a2():"), ("        return 1", "        return 2")], None),
        ([("def b():", "def b2():"), ("        return 1", "        return 2")], CODE.replace("b()", "b2()")[::-1].replace("return 1"[::-1], "return 2"[::-1], 1)[::-1]),
        ([("def a():", "def a2():"), ("        return 1", "        return 2"), ("def b():", "def b2():")], CODE.replace("a()", "a2()").replace("b()", "b2()").replace("return 1", "return 2", 1)),
        ([("        return 1", "        return 2"), ("def b():", "def b2():")], CODE.replace("b()", "b2()").replace("return 1", "return 2", 1)),
        ([("        return 1", "        return 2"), ("        return 1", "        return 3")], CODE.replace("return 1", "return 2", 1).replace("return 1", "return 3")),
        ([("def c():", "def c2():"), ("        return 1", "        return 2")], None),
        ([("        return 1", "        return 2"), ("def c():", "def c2():")], None),
        ([("def a():", "def a2():"), ("        return 1", "        return 2"), ("def c():", "def c2():")], None),
    ],
)  # fmt: skip
def test_of_several_places_the_only_one_between_the_neighbours_is_meant(
    blocks: list[tuple[str, str]], result: str | None
) -> None:
    """CODE has `return 1` twice, in a and in b."""
    texts = [block(*sides) for sides in blocks]
    if result is None:
        assert refused(CODE, *texts)[-1:] != []
    else:
        assert applied(CODE, *texts) == result


def test_the_order_decides_nothing_once_blocks_are_out_of_order() -> None:
    texts = [block("def c():", "def c2():"), block("def a():", "def a2():"), block("    if x:", "    if y:")]
    assert refused(CODE, *texts) == ["its SEARCH is in the file 2 times"]


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("total = price * count\n", [block("total = price", "total = price * count")]),
        ("a\ntotal = price * count  \n", [block("sum = price", "total = price * count")]),
        ("a\n", [block("a", "a")]),
        ("a\n", [block("zzz", "zzz")]),
        ("", [block("", "")]),
    ],
)
def test_a_block_that_is_done_already_is_no_failure(text: str, edits: list[str]) -> None:
    assert applied(text, *edits) == text


def test_a_commonplace_does_not_prove_that_a_block_is_done() -> None:
    assert refused("a = {\n}\n", block("b = {", "}")) == ["its SEARCH is not in the file"]


def test_a_deletion_is_never_taken_for_done() -> None:
    assert refused("a\n", block("a long line that was never there", "")) == ["its SEARCH is not in the file"]


def test_a_block_that_the_answer_repeats_is_applied_once() -> None:
    insertion = block("import a", "import a\nimport b")
    assert applied("import a\nx\n", insertion, insertion) == "import a\nimport b\nx\n"


def test_an_empty_file_is_filled() -> None:
    assert applied("", block("", "a\nb")) == "a\nb\n"
    assert applied("\n\n", block("", "a")) == "a\n"


HEADING = "Title\n=======\n\nText\n"
CONFLICT = "a\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> branch\nb\n"


@pytest.mark.parametrize(
    ("text", "search", "replace", "result"),
    [
        (HEADING, "Title\n=======\n\nText", "Title\n=======\n\nMore", HEADING.replace("Text", "More")),
        (HEADING, "Text", "Text\n\nNext\n=======", HEADING + "\nNext\n=======\n"),
        (HEADING, "Title\n=======", "Name\n=======", HEADING.replace("Title", "Name")),
        (CONFLICT, "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> branch", "both", "a\nboth\nb\n"),
        (CONFLICT, "a", "A", CONFLICT.replace("a\n", "A\n", 1)),
        ("", "", "Title\n=======\n\nText", HEADING),
    ],
)
def test_lines_that_look_like_a_divider_may_be_content(
    text: str, search: str, replace: str, result: str
) -> None:
    assert applied(text, block(search, replace)) == result
