"""What is enqueued beyond its owner's window is parked."""

import time
from collections.abc import Sequence

from jobs.models import Job
from jobs.window import Line, parked_in, room_in

UNSEEN_FOR_S = 5.0
MOST_LINES = 10_000


class _Rooms:
    """Lines that had plenty of room when they were last counted, and how much of it may be used unseen.

    A quarter of it: a few processes that do so at once go beyond the window by no more than itself.
    """

    def __init__(self) -> None:
        self._left: dict[Line, tuple[int, float]] = {}

    def take(self, line: Line) -> bool:
        left, until = self._left.get(line, (0, 0.0))
        if left <= 0 or time.monotonic() > until:
            return False
        self._left[line] = (left - 1, until)
        return True

    def note(self, line: Line, room: int) -> None:
        if len(self._left) >= MOST_LINES:
            self._left.clear()
        self._left[line] = (room // 4, time.monotonic() + UNSEEN_FOR_S)

    def forget(self, line: Line) -> None:
        self._left.pop(line, None)


_rooms = _Rooms()


def park_surplus(jobs: Sequence[Job]) -> None:
    """Mark those of the new jobs that are beyond their owner's window. Jobs without an owner have none."""
    rooms: dict[Line, int] = {}
    for job in jobs:
        if not job.owner or job.run_after:
            continue
        line = Line.of(job)
        if line not in rooms:
            if _rooms.take(line):
                continue
            rooms[line] = _room_behind(line)
            _rooms.note(line, rooms[line])
        rooms[line] -= 1
        job.is_parked = rooms[line] < 0
        if job.is_parked:
            _rooms.forget(line)


def _room_behind(line: Line) -> int:
    """None while others wait: nobody overtakes them."""
    return 0 if parked_in(line).exists() else room_in(line)
