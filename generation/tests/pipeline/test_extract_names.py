"""Where the name of a file is found, and where it is not."""

import pytest

from generation.tests.pipeline.answers import extract

CODE = "a = compute(1)\n"


@pytest.mark.parametrize(
    "info",
    [
        "python src/app.py", "python:src/app.py", "src/app.py", "src/app.py python", 'python title="src/app.py"', "py {file='src/app.py'}",
        "python filename=src/app.py", 'python path="./src/app.py" {1,3-4}', "{.python file=src/app.py .numberLines}", "python (src/app.py)",
        "python # src/app.py", "python, src/app.py", "python src\\app.py", "12:15:src/app.py", "file:src/app.py", "filename: src/app.py",
        "python [src/app.py]", 'python showLineNumbers title="src/app.py"', "lang=python file=src/app.py",
    ],
)  # fmt: skip
def test_the_info_string_names_the_file(info: str) -> None:
    assert extract(f"Code:\n\n```{info}\n{CODE}```\n").contents == {"src/app.py": CODE}


@pytest.mark.parametrize(
    "info",
    ["python", "rust,no_run", "{.python .numberLines}", "typescript react", "c++", "Dockerfile", "asp.net"],
)
def test_an_info_string_without_a_path_names_nothing(info: str) -> None:
    assert extract(f"Code:\n\n```{info}\n{CODE}```\n").paths == [None]


@pytest.mark.parametrize(
    "label",
    [
        "src/app.py", "**src/app.py**", "**src/app.py:**", "*src/app.py*", "_src/app.py_", "### src/app.py", "## 2. `src/app.py`", "`src/app.py`:",
        "## 1.2 `src/app.py`", "1) **src/app.py**", "(1) src/app.py", "File: src/app.py", "**File:** `src/app.py`", "### File 2: `src/app.py`",
        "- **src/app.py** (new)", "• src/app.py", "**`src\\app.py`**", "`./src/app.py`", "[src/app.py]", "(src/app.py)", "=== src/app.py ===",
        "--- src/app.py ---", "#### `src/app.py` — the app", "src/app.py - the app", "`src/app.py`: the app", "**src/app.py** (updated):",
        "### 📄 src/app.py", "➡️ `src/app.py`", "Step 2: src/app.py", "**Backend — src/app.py**", "### Backend (src/app.py)", "Python (`src/app.py`):",
        "> **src/app.py**", "<summary>src/app.py</summary>", "<h3><code>src/app.py</code></h3>", "// src/app.py", "<!-- src/app.py -->",
        "Datei: src/app.py", "Fichier : src/app.py", "文件：src/app.py", "**Файл: `src/app.py`**", "src\u200b/app.py", "“src/app.py”:",
    ],
)  # fmt: skip
def test_the_line_above_names_the_file_and_is_not_told(label: str) -> None:
    folded = extract(f"Some words.\n\n{label}\n\n```python\n{CODE}```\n")
    assert (folded.contents, folded.message) == ({"src/app.py": CODE}, "Some words.\n\n")


@pytest.mark.parametrize(
    "sentence",
    [
        "Create a file named `src/app.py` with the following content:", "Save this as `src/app.py`.", "In `src/app.py`:", "And then `src/app.py`:",
        "Update your `src/app.py` to look like this:", "Let's start with `src/app.py`:", "Start by creating `src/app.py`:", "### Create `src/app.py`",
        "Next, let's create **src/app.py**:", "Finally, the `src/app.py` file:", "Replace the code in `src/app.py` with this:",
        "Now for the next piece, which lives in `src/app.py`:", "Update `src/app.py` to import `src/b.py`:",
        "Erstellen Sie eine Datei namens `src/app.py` mit folgendem Inhalt:", "Voici `src/app.py` :", "Crea el archivo `src/app.py`:",
        "Создайте файл src/app.py:", "创建src/app.py文件：", "`src/app.py` を作成します：", "`src/app.py` 파일을 만듭니다:", "أنشئ ملف `src/app.py`:",
    ],
)  # fmt: skip
def test_a_sentence_above_names_the_file_and_is_told(sentence: str) -> None:
    folded = extract(f"Some words.\n\n{sentence}\n\n```python\n{CODE}```\n")
    assert folded.contents == {"src/app.py": CODE}
    assert sentence in folded.message


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("python", "# src/app.x"), ("js", "// src/app.x"), ("css", "/* src/app.x */"), ("html", "<!-- src/app.x -->"), ("sql", "-- src/app.x"),
        ("ini", "; src/app.x"), ("tsx", "{/* src/app.x */}"), ("python", '"""src/app.x"""'), ("jinja", "{# src/app.x #}"), ("tex", "% src/app.x"),
        ("bat", "REM src/app.x"), ("batch", ":: src/app.x"), ("haskell", "{- src/app.x -}"), ("ocaml", "(* src/app.x *)"), ("vb", "' src/app.x"),
        ("vim", '" src/app.x'), ("erb", "<%# src/app.x %>"), ("razor", "@* src/app.x *@"), ("blade", "{{-- src/app.x --}}"), ("fortran", "! src/app.x"),
        ("js", "// File: src/app.x"), ("js", "// ===== src/app.x ====="), ("python", "# src/app.x - the app"), ("python", "# In src/app.x"),
        ("js", "//src/app.x"), ("js", "// 📄 src/app.x (new)"), ("python", "# ./src/app.x"), ("ts", "// src\\app.x"),
    ],
)  # fmt: skip
def test_a_comment_in_the_first_line_names_the_file_and_stays_in_it(language: str, line: str) -> None:
    answer = f"Here it is:\n\n```{language}\n{line}\n{CODE}```\n"
    assert extract(answer).contents == {"src/app.x": f"{line}\n{CODE}"}


@pytest.mark.parametrize(
    "first", ["#!/usr/bin/env python3", "<?php", "<!DOCTYPE html>", "'use client'", "@echo off"]
)
def test_the_comment_may_stand_below_what_must_be_first(first: str) -> None:
    assert extract(f"```\n{first}\n# src/app.x\n{CODE}```\n").paths == ["src/app.x"]


@pytest.mark.parametrize(("language", "line"), [("html", "index.html"), ("py", "src/app.py")])
def test_a_bare_name_in_the_first_line_names_the_file_and_is_left_out(language: str, line: str) -> None:
    assert extract(f"```{language}\n{line}\nbody\n```\n").contents == {line: "body\n"}


@pytest.mark.parametrize(
    ("language", "line"),
    [("js", "index.html"), ("python", "app.run"), ("html", "see index.html"), ("text", "a.txt")],
)
def test_a_first_line_that_only_looks_like_a_name_stays(language: str, line: str) -> None:
    assert line in extract(f"```{language}\n{line}\nbody\n```\n").contents.get(None, line)


@pytest.mark.parametrize(
    "line",
    [
        "This uses Node.js and Vue.js:", "Then run `app.py` like this:", "It reads `data.csv` and writes `out.csv`:", "See https://example.com/a.py:",
        "Version 1.2.3:", "Call `res.json()` to answer:", "Using console.log for output:", "The value of `process.env` is:", "In Next.js:",
        "Starten Sie `app.py`:", "Запустите `app.py`:", "运行 `app.py`：", "Use it in `a.py` and `b.py`:", "| `a.py` | the app |", "x" * 500 + " `a.py`:",
        "To test `a.py`, do this:", "This is an and/or case:",
    ],
)  # fmt: skip
def test_a_file_that_is_merely_mentioned_is_no_name(line: str) -> None:
    assert extract(f"Words.\n\n{line}\n```python\n{CODE}```\n").paths == [None]


@pytest.mark.parametrize(
    "path",
    [
        "Dockerfile", "Dockerfile.prod", "LICENSE", ".env.example", ".gitignore", "go.mod", "app/[id]/page.tsx", "app/(auth)/login/page.tsx",
        "pages/[...slug].js", "src/routes/+page.svelte", ".github/workflows/ci.yml", "@types/x.d.ts", "src/naïve.py", "数据.json", "foo.xyz",
    ],
)  # fmt: skip
def test_a_name_may_look_in_many_ways(path: str) -> None:
    assert extract(f"Words.\n\n**{path}**\n\n```\na: 1\n```\n").paths == [path]


def test_the_fuller_of_two_spellings_of_a_name_is_taken() -> None:
    assert extract("**app.py**\n```python\n# src/app.py\na = 1\n```\n").paths == ["src/app.py"]
    assert extract("`src/app.py`\n```python\n# app.py\na = 1\n```\n").paths == ["src/app.py"]


def test_a_heading_names_the_first_file_below_it() -> None:
    answer = (
        "### `src/app.py`\n\nThe entry point.\n\n```python\na = 1\n```\n\nUse it:\n\n```python\nb = 2\n```\n"
    )
    assert extract(answer).paths == ["src/app.py", None]


def test_commands_below_a_heading_do_not_take_its_name() -> None:
    answer = (
        "### server.js\n\nInstall this first:\n\n```bash\nnpm i\n```\n\nThen write:\n\n```js\nlet a\n```\n"
    )
    assert extract(answer).contents == {"server.js": "let a\n"}


def test_a_rule_belongs_to_the_title_above_it_and_else_ends_what_was_said() -> None:
    assert extract("Words.\n\napp.py\n------\n\n```python\na = 1\n```\n").paths == ["app.py"]
    assert extract("Words.\n\nCreate `app.py`:\n\n---\n\n```python\na = 1\n```\n").paths == [None]


def test_a_later_version_keeps_the_name_and_a_fragment_gets_none() -> None:
    first = "Create `app.py`:\n```python\nimport os\na = 1\n```\n"

    assert extract(f"{first}The final `app.py`:\n```python\nimport sys\n```\n").paths == ["app.py"] * 2
    assert extract(f"{first}Update `app.py`:\n```python\nimport os\na = 2\n```\n").paths == ["app.py"] * 2
    assert extract(f"{first}In `app.py`, add:\n```python\nb = 2\n```\n").paths == ["app.py", None]


def test_a_label_that_is_not_the_files_is_told() -> None:
    folded = extract("Words.\n\n**a.py**\n```python b.py\nb = 1\n```\n")
    assert (folded.paths, folded.message) == (["b.py"], "Words.\n\n**a.py**\n")
