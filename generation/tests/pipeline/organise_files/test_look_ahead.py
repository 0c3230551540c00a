from hypothesis import given
from hypothesis import strategies as st

from generation.pipeline.organise_files import LookAhead
from generation.pipeline.organise_files.look_ahead import MAX_CHARS, MAX_LINES
from generation.pipeline.records import ExtractionEvent, FileClosed, FileDelta, FileOpened, MessageDelta

UNNAMED = FileOpened(path=None, language="python")
CLOSED = FileClosed(complete=True)


def through(*events: ExtractionEvent) -> list[ExtractionEvent]:
    return list(LookAhead().feed(events))


def test_a_file_without_a_name_is_opened_with_its_first_lines() -> None:
    found = through(MessageDelta(text="Hi"), UNNAMED, FileDelta(text="a\n"), FileDelta(text="b\n"), CLOSED)
    assert found == [
        MessageDelta(text="Hi"),
        FileOpened(path=None, language="python", head="a\nb\n"),
        FileDelta(text="a\nb\n"),
        CLOSED,
    ]


def test_it_waits_for_no_more_than_forty_lines_or_four_kilobytes() -> None:
    for text in ("a\n" * MAX_LINES, "a" * MAX_CHARS):
        found = through(UNNAMED, FileDelta(text=text))
        assert [type(event).__name__ for event in found] == ["FileOpened", "FileDelta"]
    assert through(UNNAMED, FileDelta(text="a\n" * (MAX_LINES - 1))) == []


def test_a_file_with_a_name_and_an_edit_do_not_wait() -> None:
    named, edit = FileOpened(path="a.py", language=None), FileOpened(path=None, language=None, edit=True)
    assert through(named, FileDelta(text="a")) == [named, FileDelta(text="a")]
    assert through(edit, FileDelta(text="a")) == [edit, FileDelta(text="a")]


def test_an_empty_file_is_opened_too() -> None:
    assert through(UNNAMED, CLOSED) == [UNNAMED, CLOSED]


@given(st.lists(st.lists(st.text(st.sampled_from("a\n"), max_size=60), max_size=6), max_size=4))
def test_nothing_is_lost_or_out_of_order(files: list[list[str]]) -> None:
    events: list[ExtractionEvent] = []
    for texts in files:
        events += [UNNAMED, *(FileDelta(text=text) for text in texts), CLOSED, MessageDelta(text=".")]
    found = through(*events)
    assert _as_text(found) == _as_text(events)


def _as_text(events: list[ExtractionEvent]) -> str:
    marks = {FileOpened: "<", FileClosed: ">"}
    return "".join(str(marks.get(type(event)) or getattr(event, "text", "")) for event in events)
