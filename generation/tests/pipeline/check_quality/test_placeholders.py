import pytest

from generation.pipeline.check_quality.placeholders.wording import wording_of
from generation.tests.pipeline.check_quality.project import check

LEFT_OUT = """
// ... rest of the code
// ...rest of your component
# rest of the code remains the same
// existing code here
// ... (same as before)
# ... existing imports ...
{/* ... rest of the JSX ... */}
<!-- Rest of the content -->
<!-- ... other sections ... -->
// ... other methods
/* ... other styles ... */
// (rest of the file stays unchanged)
-- ... remaining tables
# ... (rest of the function)
// Other methods remain unchanged
// ... keep existing code
// ... keep existing code (state and handlers)
// Existing imports...
// [Previous code remains the same]
// Previous code here
// ... previous implementation
# Remaining methods omitted for brevity
// Error handling omitted for brevity
// Implementation omitted for brevity
// rest of your code here
// ... more routes
// ...
/* ... */
# ...
// … остальной код
// 其余代码保持不变
// ... 省略 ...
// 既存のコード
# 나머지 코드는 동일
// ... Rest des Codes ...
// ... reste du code
// ... resto del código
# restante do código
// ... код без изменений
// same imports as before
// All other functions remain the same
// The rest of the component is the same as before
// ... the rest of the implementation
# --- rest of the class unchanged ---
// ... additional configuration
// ... etc
// existing state and handlers here
// Rest of the existing code stays the same
// remaining code unchanged
// ... unchanged ...
// ... all the existing helper functions
""".strip().splitlines()

TO_DO = """
# TODO: implement
// your code here
// Your code goes here
# TODO: implement this function
// Add your logic here
// implementation goes here
// Implement the logic here
# placeholder
// Add your implementation here
// TODO: Implement authentication
// same as above
// unchanged
# Not implemented yet
# Implementation here
/* unchanged */
// 在此处添加代码
# ваш код здесь
# hier kommt Ihr Code
""".strip().splitlines()

HONEST = """
// Loading...
# Fetch the remaining pages
// Process the rest of the arguments
// skip the rest of the line
# Remove existing code points
// Check for existing users
// Existing users keep their role
# Keep the same order as before
// Use the previous value if unchanged
// If nothing changed, return early
// Register your models here.
# Create your views here.
// This is the same as the handler above, but async
// See the other file for details...
// Wait for it...
# The rest is history
// spread ...rest of props into the element
// merges {...existing} with {...other}
/* Rest parameters */
// Remaining time in seconds
// other
// Previous page
// Next, other cases
// Existing session
# Delete old files
// Current implementation uses a lock
# original code by J. Smith
// rest client
// the rest api endpoint
// more information: https://x.y
// Sales & marketing, etc.
// e.g. foo, bar, etc...
// This code is generated
# Rest framework settings
// Other styles
// Remaining attempts
// More styles for mobile
// additional styles
# Set up the rest of the game
// Handle other events
// Load existing data from the file
// Existing data
// Other components
# Helper functions
// Application code
# Current state
// Sort the rest in place
// default: keep the current value
// Existing item: update quantity
// Item already exists
# all other routes
// catch all other routes
// Same as Array.prototype.map
""".strip().splitlines()


@pytest.mark.parametrize("comment", LEFT_OUT)
def test_a_comment_in_place_of_code_is_known(comment: str) -> None:
    assert wording_of(comment) == "left_out"


@pytest.mark.parametrize("comment", TO_DO)
def test_a_place_for_code_is_known(comment: str) -> None:
    assert wording_of(comment) == "to_do"


@pytest.mark.parametrize("comment", HONEST)
def test_a_comment_about_code_that_is_there_is_left_alone(comment: str) -> None:
    assert wording_of(comment) is None


@pytest.mark.parametrize(
    ("path", "content", "line"),
    [
        ("a.py", "import os\n\n# ... existing code ...\n", 3),
        ("a.py", "def f():\n    # TODO: implement\n    pass\n", 2),
        ("a.py", "def f():\n    pass  # implementation\n", 2),
        ("a.py", 'def f():\n    """Text."""\n    # Your code here\n    raise NotImplementedError\n', 3),
        ("a.py", "def f():\n    x = 1\n    ...\n    return x\n", 3),
        ("a.js", "function f() {\n  // your code here\n}\n", 2),
        ("a.ts", "class A {\n  /* unchanged */\n}\n", 2),
        ("A.tsx", "const A = () => (\n  <div>\n    {/* ... rest of the JSX ... */}\n  </div>\n);\n", 3),
        ("A.vue", "<template>\n  <!-- ... existing template ... -->\n  <p/>\n</template>\n", 2),
        ("A.vue", "<script setup>\nlet a = 1\n// ... rest of the code\n</script>\n", 3),
        ("index.html", "<body>\n<!-- Rest of the page content remains unchanged -->\n</body>\n", 2),
        ("a.css", "a { b: c }\n/* ... other styles ... */\n", 2),
        ("a.go", "package a\n\nfunc f() {\n\t// Implementation here\n}\n", 4),
        ("a.rs", "fn f() {\n    // TODO: implement\n    todo!()\n}\n", 2),
        (
            "A.java",
            "class A {\n  void f() {\n    // TODO: implement this method\n    return null;\n  }\n}\n",
            3,
        ),
        ("a.php", "<?php\nfunction f() {\n  # ... existing code\n}\n", 3),
        ("a.sql", "CREATE TABLE a (b INT);\n-- ... remaining tables\n", 2),
        ("a.yml", "a: 1\n# ... rest of the configuration\n", 2),
        ("Dockerfile", "FROM a\n# ... rest of the file\n", 2),
        ("a.rb", "def f\n  # ... existing implementation\nend\n", 2),
        ("a.blade.php", "<p>\n{{-- ... rest of the template --}}\n", 2),
    ],
)
def test_code_that_was_left_out_blocks_whatever_the_language(path: str, content: str, line: int) -> None:
    found = [(one.rule, one.severity, one.line) for one in check(path, content) if one.tool == "placeholders"]
    assert found == [("omitted_code", "error", line)]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (
            "a.py",
            "from typing import Protocol\n\nclass A(Protocol):\n    x: int\n    def f(self) -> int: ...\n",
        ),
        ("a.pyi", "def f() -> int: ...\n"),
        ("a.py", "@overload\ndef f(x: int) -> int:\n    ...\n\nx = a[..., 0]\ny = Tuple[int, ...]\n"),
        ("a.py", 'def f():\n    """Text."""\n    ...\n'),
        ("a.py", "try:\n    f()\nexcept E:\n    ...\n"),
        ("a.js", "const {a, ...rest} = b; f(...existing, ...previous);\n"),
        ("a.js", 'show("Loading..."); // shows "Loading..." until it is there...\n'),
        ("a.js", "// The parser reads numbers,\n// ... and the rest of the code is read by others.\nf();\n"),
        ("a.js", "function f() {\n  // Implement the retry with a delay\n  return retry(g, 100);\n}\n"),
        ("admin.py", "from django.contrib import admin\n\n# Register your models here.\n"),
        ("README.md", "```js\n// ... rest of the code\n```\n"),
        ("notes.txt", "# ... existing code\n"),
        ("a.json", '{"a": "... rest of the code"}'),
        ("index.html", "<p>... and the rest of the code</p>\n"),
    ],
)
def test_dots_and_words_with_a_meaning_are_left_alone(path: str, content: str) -> None:
    assert check(path, content) == []


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.py", "def f():\n    # TODO: cache this\n    return g()\n"),
        ("a.ts", "f();  // FIXME: handle time zones\n"),
        ("a.go", "package a\n\n// TODO(me): add metrics\nfunc f() { g() }\n"),
    ],
)
def test_an_honest_note_is_only_noted(path: str, content: str) -> None:
    assert [(one.rule, one.severity) for one in check(path, content)] == [("todo", "info")]


def test_an_empty_block_with_a_note_is_a_warning() -> None:
    (found,) = check("a.js", "function f() {\n  // TODO: handle errors\n}\n")
    assert (found.rule, found.severity) == ("omitted_code", "warning")
