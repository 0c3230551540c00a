"""Is a block without a name a file, or something to read?"""

import pytest

from generation.tests.pipeline.answers import extract

COMMANDS = [
    "npm install\nnpm run dev", "$ python app.py", "# install\npip install flask\n\n# run\nflask run", "git clone https://github.com/a/b.git\ncd b",
    'curl -X POST http://localhost:3000/api \\\n  -H "Accept: text/html" \\\n  -d \'{"a": 1}\'', "docker run -e A=b -p 80:80 app", "./gradlew bootRun",
    "export A=1\nexport B=2", "NODE_ENV=production node server.js", "C:\\app> npm start", "(venv) $ pip install x", "mkdir -p src/{a,b}\ntouch src/a/x.py",
    "sudo apt-get update && sudo apt-get install -y nginx", "kubectl get pods | grep app",
]  # fmt: skip
TREES = [
    "project/\n├── app.py\n└── static/\n    └── style.css", "my-app\n|-- src\n|   |-- index.js\n|-- package.json", "app/\n  main.py\n  models/\n    user.py",
    ".\n├── README.md\n└── main.go", "- project/\n  - app.py\n  - index.html", "project\n│   app.py\n│\n└───static\n        style.css",
    "app.py\nrequirements.txt\ntemplates/index.html", "src/\n  app.py      # the app\n  util.py     # helpers",
]  # fmt: skip
PRINTED = [
    "Hello, World!", "true\nfalse", "120", "[1, 2, 3]", "http://localhost:8000", "Enter a number: 5\nThe factorial of 5 is 120",
    'Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nValueError: no', ">>> 1 + 1\n2", "$ python a.py\nhi = 1",
    "Error: Cannot find module 'express'\n    at require (module.js:5:1)", "Input: nums = [2, 7], target = 9\nOutput: [0, 1]", "added 57 packages in 3s",
    "+----+------+\n| id | name |\n+----+------+", "* Running on http://127.0.0.1:5000 (Press CTRL+C to quit)",
]  # fmt: skip
CODE = [
    "def f(x):\n    return x", "const a = 1;", "public class A {\n}", "#include <stdio.h>\nint main() {}", "SELECT a\nFROM b\nWHERE c = 1;", "FROM python:3\nRUN pip install x",
    "version: '3'\nservices:\n  web:\n    image: nginx", '{\n  "a": 1\n}', "[package]\nname = 'x'", "<div>\n  <p>x</p>\n</div>", "body {\n  margin: 0;\n}", "x <- c(1, 2)\nplot(x)",
    "build:\n\tgo build -o app .", "local x = 1\nprint(x)", "(define (f x)\n  (* x 2))", "main :: IO ()\nmain = putStrLn \"x\"", "parent(tom, bob).\na(X) :- b(X).", "=IF(A1>10, 1, 2)",
    "section .text\n_start:\n    mov eax, 1", "Sub Hello()\n    MsgBox \"x\"\nEnd Sub", "\\documentclass{article}\n\\begin{document}", "import numpy as np", "model.fit(x, y)",
    "export const a = 1;\nexport const b = 2;", "type A = {\n  b: string\n}", "DB_HOST=localhost\nDB_USER=root", "function dfs(node)\n    if node is null then\n        return",
]  # fmt: skip


@pytest.mark.parametrize("text", [*COMMANDS, *TREES, *PRINTED])
@pytest.mark.parametrize("language", ["", "text"])
def test_commands_trees_and_output_are_no_files_but_told(text: str, language: str) -> None:
    block = f"```{language}\n{text}\n```\n"
    folded = extract(f"Words.\n\n{block}")
    assert (folded.files, folded.message) == ([], f"Words.\n\n{block}")


@pytest.mark.parametrize("text", CODE)
def test_code_whose_fence_names_no_language_is_a_file(text: str) -> None:
    assert extract(f"Words:\n\n```\n{text}\n```\n").contents == {None: f"{text}\n"}


@pytest.mark.parametrize("text", CODE[:-1])
def test_code_whose_fence_calls_it_text_is_a_file_unless_it_is_close_to_prose(text: str) -> None:
    assert extract(f"Words:\n\n```text\n{text}\n```\n").contents == {None: f"{text}\n"}


@pytest.mark.parametrize(
    "language", ["bash", "sh", "shell", "zsh", "powershell", "cmd", "console", "terminal", "Bash"]
)
def test_commands_are_no_file_whatever_their_shell_is_called(language: str) -> None:
    assert extract(f"Run:\n\n```{language}\nnpm install\nnpm start\n```\n").files == []


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/sh\nset -e\nmake", "for f in *.txt; do\n  echo $f\ndone", "backup() {\n  tar czf b.tgz $1\n}", "if [ -f a ]; then\n  rm a\nfi", "set -euo pipefail\nmake",
    ],
)  # fmt: skip
def test_a_program_for_the_shell_is_a_file(script: str) -> None:
    assert extract(f"The script:\n\n```bash\n{script}\n```\n").contents == {None: f"{script}\n"}


def test_commands_below_the_name_of_a_script_are_that_file() -> None:
    assert extract("**run.sh**\n```bash\nmake\n```\n").contents == {"run.sh": "make\n"}
    assert extract("Create `run.sh`:\n```bash\nmake\n```\n").contents == {"run.sh": "make\n"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".env", "PORT=3000"), ("requirements.txt", "flask\ngunicorn==21"), ("Procfile", "web: gunicorn app:app"), ("Dockerfile", "FROM node:20\nRUN npm i"),
        (".gitignore", "node_modules\ndist/"), ("LICENSE", "MIT License\n\nCopyright (c) us"), ("notes.txt", "Nothing to see."), ("data.csv", "id,name\n1,Bob"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["", "text", "bash", "console"])
def test_a_block_with_a_label_is_that_file_whatever_its_fence_says(
    path: str, text: str, language: str
) -> None:
    assert extract(f"**{path}**\n```{language}\n{text}\n```\n").contents == {path: f"{text}\n"}


@pytest.mark.parametrize("label", ["**app.py**", "### package.json", "In `app.py`:", "`server.js`:"])
@pytest.mark.parametrize("language", ["", "bash"])
def test_commands_below_the_name_of_something_else_are_no_file(label: str, language: str) -> None:
    assert extract(f"Words.\n\n{label}\n```{language}\npython app.py\n```\n").files == []


@pytest.mark.parametrize(
    "text",
    [">>> f(1)\n2", 'Traceback (most recent call last):\n  File "a.py", line 1', "src/\n├── a.py\n└── b.py"],
)
def test_sessions_and_trees_are_no_files_in_a_language_either(text: str) -> None:
    assert extract(f"Look:\n\n```python\n{text}\n```\n").files == []


@pytest.mark.parametrize("tree", TREES)
def test_a_tree_in_markdown_is_no_file(tree: str) -> None:
    assert extract(f"Structure:\n\n```markdown\n{tree}\n```\n").files == []


def test_what_the_line_above_calls_output_must_look_like_code_all_the_more() -> None:
    text = "Name: Bob\nAge: 30\n"
    assert extract(f"Fill it in:\n\n```\n{text}```\n").contents == {None: text}
    assert extract(f"The output:\n\n```\n{text}```\n").files == []


def test_a_long_block_is_judged_before_its_end() -> None:
    text = "a = f(1)\n" * 100
    assert extract(f"Words:\n\n```\n{text}").files == [(None, text, False)]
