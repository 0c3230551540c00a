"""The command of a worker, as an operator types it."""

import pytest

from jobs.models import Job, ScheduleState
from jobs.schedules import declared_schedules
from jobs.tests import tasks
from jobs.tests.processes import World, eventually, once

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True), once]


def seen() -> set[str]:
    return set(ScheduleState.objects.values_list("name", flat=True))


def test_a_worker_keeps_every_schedule_of_the_product(world: World) -> None:
    world.start_worker(schedules=True).wait_ready()
    eventually(lambda: seen() == {schedule.name for schedule in declared_schedules()})


def test_schedules_can_be_left_to_other_workers(world: World) -> None:
    world.start_worker(schedules=False).wait_ready()
    tasks.noop.enqueue()
    eventually(lambda: not Job.objects.unfinished().exists())
    assert seen() == set()
