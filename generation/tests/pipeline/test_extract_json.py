"""Files inside of JSON, and JSON that is a file."""

import json

import pytest

from generation.pipeline.extract_code import Extractor
from generation.tests.pipeline.answers import extract

FILES = {"src/a.py": 'x = 1\ny = "é\\n"\n', "b.html": '<p class="x">\n  hi\n</p>\n'}
SHAPES = [
    {"files": [{"path": path, "content": content} for path, content in FILES.items()]},
    {"files": [{"content": content, "path": path} for path, content in FILES.items()]},
    {"files": [{"name": path, "type": "file", "content": content} for path, content in FILES.items()]},
    {"files": [{"filename": path, "code": content} for path, content in FILES.items()]},
    {"project": {"files": [{"file_path": path, "contents": content} for path, content in FILES.items()]}},
    {"code_files": [{"fileName": path, "source": content} for path, content in FILES.items()]},
    {"files": FILES},
    FILES,
    {path: {"code": content} for path, content in FILES.items()},
    [{"path": path, "content": content} for path, content in FILES.items()],
    [{"tool": "write_file", "args": {"path": path, "content": content}} for path, content in FILES.items()],
    {
        "tool_calls": [
            {"name": "create_file", "arguments": json.dumps({"path": p, "content": c})}
            for p, c in FILES.items()
        ]
    },
    [{"command": "create", "path": path, "file_text": content} for path, content in FILES.items()],
]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "around", ["{}", "Here:\n\n{}\n", "```json\n{}\n```\n", "Sure.\n```\n{}\n```\nBye.\n"]
)
@pytest.mark.parametrize("indent", [None, 2])
def test_files_inside_of_json_are_decoded(shape: object, around: str, indent: int | None) -> None:
    text = json.dumps(shape, indent=indent, ensure_ascii=indent is None)
    assert extract(around.replace("{}", text)).files == [
        (path, content, True) for path, content in FILES.items()
    ]


@pytest.mark.parametrize(
    "start", ['{"files": [{"path": "a.py", "content": "', '```json\n{"files": {"a.py": "']
)
def test_a_file_in_json_opens_with_its_path_and_flows_within_the_line(start: str) -> None:
    extractor = Extractor()

    found = [
        [type(event).__name__ for event in extractor.feed(piece)] for piece in (start, "imp", "ort \\", "n")
    ]

    assert found == [["FileOpened"], ["FileDelta"], ["FileDelta"], ["FileDelta"]]


def test_content_that_comes_before_its_path_waits_for_it() -> None:
    extractor = Extractor()
    assert extractor.feed('{"content": "a = 1", ') == []
    assert [type(event).__name__ for event in extractor.feed('"path": "a.py"')] == [
        "FileOpened",
        "FileDelta",
        "FileClosed",
    ]


def test_of_json_that_is_cut_off_all_that_came_is_kept() -> None:
    folded = extract('{"files": [{"path": "a.py", "content": "a = 1\\n"}, {"path": "b.py", "content": "b = ')
    assert folded.files == [("a.py", "a = 1\n", True), ("b.py", "b = ", False)]
    assert folded.problems == ["truncated_json"]


def test_json_that_breaks_off_keeps_the_files_before() -> None:
    folded = extract('```json\n{"files": [{"path": "a.py", "content": "a"}, @]}\n```\nBye.\n')
    assert (folded.contents, folded.problems) == ({"a.py": "a"}, ["broken_json"])
    assert folded.message.endswith("Bye.\n")


def test_what_models_forget_in_json_is_forgiven() -> None:
    answer = '```json\n{"files": [\n  {"path": "a.py", "content": "a = 1\n\nb = \\\'2\\\'"},\n]}\n```\n'
    assert extract(answer).contents == {"a.py": "a = 1\n\nb = '2'"}


def test_halves_of_characters_become_whole_or_are_replaced() -> None:
    answer = '{"path": "a.txt", "content": "\\ud83d\\ude00 \\ud83d \\ude00 \\ud83dx"}'
    assert extract(answer).contents == extract(*answer).contents == {"a.txt": "😀 \ufffd \ufffd \ufffdx"}


def test_what_the_answer_says_beside_its_files_is_told() -> None:
    answer = '{"message": "Two files.", "files": {"a.py": "a = 1\\n", "b.py": "b"}, "explanation": "Done."}'
    assert extract(answer).message == "Two files.\nDone.\n"


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "site", "version": "1.0.0"}', '[{"id": 1}, {"id": 2}]', '{"exports": {"./a.js": "./dist/a.js", "./lib/b.js": "./dist/lib/b.js"}}',
        '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}', '{"imports": {"three/a.js": "https://cdn.example.com/three.js"}}', "{\n  // a comment\n}", "[1, 2]",
        '{"path": "a.py"}', '{"content": "a"}', '{"name": "Bob", "text": "hi"}',
    ],
)  # fmt: skip
def test_json_without_files_is_a_file(text: str) -> None:
    assert extract(f"The data:\n\n```json\n{text}\n```\n").files == [(None, f"{text}\n", True)]


def test_json_with_a_name_is_that_file() -> None:
    text = '{"path": "a.py", "content": "a"}\n'
    assert extract(f"**package.json**\n```json\n{text}```\n").contents == {"package.json": text}
    assert extract(f"Create `data.json`:\n```json\n{text}```\n").contents == {"data.json": text}


def test_an_answer_that_is_json_without_files_is_a_file() -> None:
    assert extract('{\n  "a": 1\n}\n').files == [(None, '{\n  "a": 1\n}\n', True)]


def test_fences_inside_of_a_string_do_not_end_the_block() -> None:
    text = json.dumps({"files": [{"path": "README.md", "content": "# T\n\n```bash\nnpm i\n```\n"}]})
    assert extract(f"```json\n{text}\n```\nBye.\n").contents == {"README.md": "# T\n\n```bash\nnpm i\n```\n"}


def test_unsafe_and_odd_paths_are_left_to_the_organiser() -> None:
    assert extract('{"path": "../a b.py", "content": "a"}').paths == ["../a b.py"]
