import asyncio
from collections.abc import Callable

from jobs.events import END, FLUSH_EVERY_S, Event, EventWriter


def written(write: Callable[[EventWriter], None], *, claim_no: int = 2, wait: float = 0) -> list[Event]:
    payloads: list[bytes] = []

    async def run() -> None:
        writer = EventWriter(payloads.append, claim_no=claim_no)
        write(writer)
        await asyncio.sleep(wait)

    asyncio.run(run())
    return [Event.decode(payload) for payload in payloads]


def test_numbers_rise_by_one_within_a_claim() -> None:
    def write(writer: EventWriter) -> None:
        writer.append("a", {})
        writer.append("b", {})

    assert [event.number for event in written(write)] == [2_000_001, 2_000_002]


def test_the_end_has_the_highest_number_of_its_claim() -> None:
    [event] = written(lambda writer: writer.end())
    assert (event.type, event.number) == (END, 2_999_999)


def test_deltas_of_the_same_file_become_one_event() -> None:
    def write(writer: EventWriter) -> None:
        for piece in ("a", "b", "c"):
            writer.append("file.delta", {"path": "x", "delta": piece})
        writer.append("file.delta", {"path": "y", "delta": "d"})
        writer.end()

    events = written(write)
    assert [dict(event.data) for event in events[:2]] == [
        {"path": "x", "delta": "abc"},
        {"path": "y", "delta": "d"},
    ]


def test_a_delta_does_not_wait_for_the_next_event() -> None:
    events = written(lambda writer: writer.append("file.delta", {"delta": "a"}), wait=FLUSH_EVERY_S * 3)
    assert [event.data["delta"] for event in events] == ["a"]


def test_a_huge_delta_is_cut_into_events_that_the_broker_takes() -> None:
    def write(writer: EventWriter) -> None:
        writer.append("file.delta", {"delta": "é" * 1_500_000})
        writer.flush()

    events = written(write)
    assert "".join(event.data["delta"] for event in events) == "é" * 1_500_000
    assert max(len(event.encode()) for event in events) < 1_000_000
