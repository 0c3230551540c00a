"""Files in elements."""

import re

import pytest

from generation.tests.pipeline import answers
from generation.tests.pipeline.answers import extract


@pytest.mark.parametrize(
    "opener",
    [
        '<file path="a.py">', "<file path='a.py' language='python'>", "<file path=a.py>", '<file name="a.py">', '<FILE PATH="a.py">', '<create_file path="a.py">',
        '<boltAction type="file" filePath="a.py">', '<boltAction filePath="a.py" type="file" contentType="x">', '<dyad-write path="a.py" description="<a> > b">',
        '<lov-write file_path="a.py">', '<antArtifact identifier="a" type="application/vnd.ant.code" title="a.py">', '<boltArtifact id="x"><boltAction type="file" filePath="a.py">',
        '1. <file path="a.py">', 'Here: <file path="a.py">', '  <file path="a.py">', '<file\n  path="a.py"\n>', "<file>\n<path>a.py</path>\n<content>",
        "<write_to_file>\n  <name>a.py</name>\n\n  <content>", '<file path="./a.py">',
    ],
)  # fmt: skip
def test_an_element_holds_a_file_to_its_end(opener: str) -> None:
    folded = extract(f"Words.\n{opener}\na = 1 < 2\n</{opener_tag(opener)}>\nBye.\n")
    assert (folded.contents, folded.files[0][2]) == ({"a.py": "a = 1 < 2\n"}, True)
    assert folded.message.startswith("Words.\n")
    assert folded.message.endswith("Bye.\n")


def opener_tag(opener: str) -> str:
    """Of the last tag in it, "<a>" in an attribute aside."""
    tags: list[str] = re.findall(r"<([\w-]{2,})", opener)
    return tags[-1]


def test_several_elements_may_stand_in_one_line() -> None:
    answer = "<file path='a.py'>a = 1</file><file path='b.py'>b = 1</file> Bye."
    folded = extract(answer)
    assert (folded.contents, folded.message) == ({"a.py": "a = 1", "b.py": "b = 1"}, "Bye.")


def test_what_is_no_file_is_told_and_wrappers_are_not() -> None:
    assert extract(answers.ELEMENTS).message == "I will write two files.\nnpm installBye.\n"


@pytest.mark.parametrize(
    "package", ["```python\n{}```\n", "~~~\n{}~~~\n", "<![CDATA[\n{}]]>\n", "<![CDATA[{}\n]]>\n\n"]
)
def test_packaging_inside_of_an_element_is_taken_off(package: str) -> None:
    inside = package.format("a = 1\n")
    assert extract(f"<file path='a.py'>\n{inside}</file>\n").contents["a.py"].strip() == "a = 1"


def test_a_fence_behind_the_first_line_is_content() -> None:
    content = "# Title\n\n```bash\nnpm i\n```\n"
    assert extract(f"<file path='a.md'>\n{content}</file>\n").contents == {"a.md": content}


def test_a_closing_tag_in_the_code_is_content() -> None:
    content = 'print("</file>", 1)\n'
    assert extract(f"<file path='a.py'>\n{content}</file>\n").contents == {"a.py": content}


def test_an_element_that_is_never_closed_runs_to_the_end() -> None:
    assert extract("<dyad-write path='a.py'>\na = 1\nb =").files == [("a.py", "a = 1\nb =", False)]


def test_an_artifact_needs_no_path() -> None:
    assert extract(
        '<antArtifact identifier="a" type="text/html" title="My page">\n<p>\n</antArtifact>\n'
    ).contents == {None: "<p>\n"}
    assert extract('<antArtifact title="x">\n# a.py\na = 1\n</antArtifact>\n').paths == ["a.py"]


def test_paths_of_attributes_are_left_to_the_organiser() -> None:
    assert extract("<file path='../../etc/passwd'>\nx\n</file>\n").paths == ["../../etc/passwd"]


@pytest.mark.parametrize(
    "answer",
    [
        "I use a <file> tag here.\n", "The `<file path='x'>` tag is nice.\n", "<dyad-delete path='a.py'></dyad-delete>\n", "<file path='a.py'/>\n", "<file\nand so on\n",
        "<file>\nwords\n</file>\n", "<b>bold</b>\n", "<boltAction type='start'>npm start</boltAction>\n",
    ],
)  # fmt: skip
def test_other_tags_hold_no_file(answer: str) -> None:
    assert extract(f"Words.\n{answer}").files == []


def test_tags_inside_of_a_fence_are_text() -> None:
    content = '<file path="x.py">\nx = 1\n</file>\n'
    assert extract(f"```xml a.xml\n{content}```\n").contents == {"a.xml": content}
