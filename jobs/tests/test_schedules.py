from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jobs.checks import check_schedules
from jobs.schedules import CatchUp, Schedule, decide_due, declared_schedules, registry, schedule
from jobs.testing import only_schedules
from jobs.tests import tasks

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
QUARTERLY = Schedule(task=tasks.double_in_thread, cron="*/15 * * * *", kwargs={"number": 2})


def minutes(*numbers: float) -> list[datetime]:
    return [NOON + timedelta(minutes=number) for number in numbers]


@pytest.mark.parametrize(
    ("catch_up", "after", "now", "expected"),
    [
        # on time, each policy is the same
        ("none", 0, 15, [15]),
        ("last", 0, 15, [15]),
        ("all", 0, 15, [15]),
        ("none", 0, 15.5, [15]),
        # nothing is due
        ("none", 0, 14.9, []),
        ("last", 0, 14.9, []),
        ("all", 0, 14.9, []),
        # three were missed
        ("none", 0, 50, []),
        ("last", 0, 50, [45]),
        ("all", 0, 50, [15, 30, 45]),
        # two were missed and one is on time
        ("none", 0, 45.5, [45]),
        ("last", 0, 45.5, [45]),
        ("all", 0, 45.5, [15, 30, 45]),
        # the clock was set back
        ("none", 60, 15, []),
        ("last", 60, 15, []),
        ("all", 60, 15, []),
    ],
)
def test_what_is_due_depends_on_how_the_past_is_made_up_for(
    catch_up: CatchUp, after: float, now: float, expected: list[float]
) -> None:
    (since, moment) = minutes(after, now)
    due = decide_due(replace(QUARTERLY, catch_up=catch_up), after=since, now=moment)
    assert list(due.ticks) == minutes(*expected)
    assert not due.dropped


def test_what_is_skipped_is_dealt_with() -> None:
    due = decide_due(replace(QUARTERLY, catch_up="none"), after=NOON, now=NOON + timedelta(minutes=50))
    assert (due.ticks, [due.until]) == ((), minutes(45))


def test_of_many_missed_ticks_the_newest_hundred_are_made_up_for() -> None:
    due = decide_due(replace(QUARTERLY, catch_up="all"), after=NOON, now=NOON + timedelta(days=365))
    assert (len(due.ticks), due.ticks[-1], due.dropped) == (100, NOON + timedelta(days=365), True)
    exactly = decide_due(replace(QUARTERLY, catch_up="all"), after=NOON, now=NOON + timedelta(minutes=1500))
    assert (len(exactly.ticks), exactly.dropped) == (100, False)


def test_an_interval_of_a_second_is_made_up_for_at_once_after_years() -> None:
    every_second = Schedule(task=tasks.double_in_thread, every=timedelta(seconds=1), catch_up="all")
    due = decide_due(every_second, after=NOON, now=NOON + timedelta(days=5000))
    assert (len(due.ticks), due.dropped) == (100, True)


def test_a_task_is_told_when_it_was_due_if_it_asks() -> None:
    assert QUARTERLY.kwargs_at(NOON) == {"number": 2}
    assert replace(QUARTERLY, due_arg="due_at").kwargs_at(NOON) == {
        "number": 2,
        "due_at": "2026-05-01T12:00:00+00:00",
    }


def test_the_schedules_of_the_apps_are_found() -> None:
    names = [one.name for one in declared_schedules()]
    assert {"jobs.tasks.prune_jobs", "jobs.tasks.prune_ticks"} <= set(names)
    assert names == sorted(names)
    assert not list(check_schedules(declared_schedules()))


def test_a_task_may_have_several_schedules_with_a_label_each() -> None:
    with only_schedules():
        declare = schedule("0 9 * * *", kwargs={"number": 1}, label="morning")
        assert declare(tasks.double_in_thread) is tasks.double_in_thread
        schedule("0 18 * * *", kwargs={"number": 2}, label="evening")(tasks.double_in_thread)
        assert [one.name for one in registry] == [
            "jobs.tests.tasks.double_in_thread:morning",
            "jobs.tests.tasks.double_in_thread:evening",
        ]
        assert not list(check_schedules(registry))


@pytest.mark.parametrize(
    ("schedules", "expected"),
    [
        ([replace(QUARTERLY, cron="61 * * * *")], ["jobs.E002"]),
        ([replace(QUARTERLY, time_zone="Europe/Nowhere")], ["jobs.E002"]),
        ([replace(QUARTERLY, every=timedelta(hours=1))], ["jobs.E002"]),
        ([replace(QUARTERLY, cron="")], ["jobs.E002"]),
        ([QUARTERLY, QUARTERLY], ["jobs.E003"]),
        ([replace(QUARTERLY, kwargs={})], ["jobs.E004"]),
        ([replace(QUARTERLY, due_arg="due_at")], ["jobs.E004"]),
        ([replace(QUARTERLY, task=tasks.name_itself, kwargs={"job_id": "x"})], ["jobs.E004"]),
        (
            [replace(QUARTERLY, task=tasks.count_up, kwargs={"seconds": 1.0, "owner": "acme"})],
            [],
        ),
    ],
)
def test_check_names_what_does_not_fit(schedules: list[Schedule], expected: list[str]) -> None:
    assert [message.id for message in check_schedules(schedules)] == expected
