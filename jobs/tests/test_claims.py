from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from jobs import claims, verdicts
from jobs.errors import ClaimLost
from jobs.models import Job
from jobs.tests import tasks
from jobs.tests.claiming import TIMING, claim, end, held

pytestmark = pytest.mark.usefixtures("stored_jobs")


def enqueue() -> UUID:
    return UUID(tasks.add.enqueue(1, 2, owner="acme").id)


def lapse(job_id: UUID) -> None:
    Job.objects.filter(id=job_id).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_it_takes_a_ready_job() -> None:
    job_id = enqueue()
    taken = claim(job_id)
    assert (taken.outcome, taken.job and taken.job.claim_no) == ("mine", 1)
    job = Job.objects.get(id=job_id)
    assert (job.status, job.worker_ids) == (Job.Status.RUNNING, ["w"])


def test_it_leaves_a_job_under_a_live_lease_to_its_worker() -> None:
    job_id = enqueue()
    claim(job_id)
    assert claim(job_id).outcome == "later"
    assert Job.objects.get(id=job_id).claim_no == 1


def test_it_takes_a_job_over_when_the_lease_has_lapsed_and_counts_a_crash() -> None:
    job_id = enqueue()
    claim(job_id)
    lapse(job_id)
    assert claim(job_id).outcome == "mine"
    job = Job.objects.get(id=job_id)
    assert (job.claim_no, job.crashes, job.failures) == (2, 1, 0)


def test_it_sets_a_job_aside_that_has_killed_three_workers() -> None:
    job_id = enqueue()
    for _ in range(3):
        assert claim(job_id).outcome == "mine"
        lapse(job_id)
    assert claim(job_id).outcome == "over"
    job = Job.objects.get(id=job_id)
    assert job.status == Job.Status.FAILED
    assert job.last_error
    assert job.last_error["class"] == "jobs.errors.JobCrashed"


def test_it_forgets_a_job_that_is_finished_or_unknown() -> None:
    job_id = enqueue()
    claim(job_id)
    end(job_id, 1, value=3)
    assert claim(job_id).outcome == "over"
    assert claim(uuid4()).outcome == "unknown"


def test_it_waits_for_a_job_whose_time_has_not_come() -> None:
    later = timezone.now() + timedelta(seconds=60)
    job_id = UUID(tasks.add.using(run_after=later).enqueue(1, 2, owner="").id)
    waiting = claim(job_id)
    assert waiting.outcome == "later"
    assert 55 < waiting.delay <= 60


def test_a_worker_that_lost_its_claim_can_write_nothing() -> None:
    job_id = enqueue()
    claim(job_id)
    lapse(job_id)
    claim(job_id)
    stale = held(job_id, 1)
    writes: list[Callable[[], None]] = [
        lambda: end(job_id, 1, value="stale"),
        lambda: end(job_id, 1, error=ValueError()),
        lambda: verdicts.retry_job(stale, error=ValueError(), delay=1, counts=True),
        lambda: verdicts.release_job(stale),
        lambda: claims.hold_claim(job_id, 1, timing=TIMING),
    ]
    for write in writes:
        with pytest.raises(ClaimLost):
            write()
    assert Job.objects.get(id=job_id).status == Job.Status.RUNNING


def test_a_released_job_is_unharmed() -> None:
    job_id = enqueue()
    claim(job_id)
    verdicts.release_job(Job.objects.get(id=job_id))
    job = Job.objects.get(id=job_id)
    assert (job.status, job.failures, job.crashes, job.worker_ids) == (Job.Status.READY, 0, 0, [])


def test_heartbeats_tell_the_lost_from_the_cancelled() -> None:
    kept, lost, cancelled = enqueue(), enqueue(), enqueue()
    for job_id in (kept, lost, cancelled):
        claim(job_id)
    lapse(lost)
    claim(lost)
    Job.objects.filter(id=cancelled).update(cancel_requested_at=timezone.now())
    beats = [
        claims.Beat(job_id=job_id, claim_no=1, progress={"step": 1}) for job_id in (kept, lost, cancelled)
    ]
    result = claims.renew_leases(beats, timing=TIMING)
    assert result == claims.BeatResult(lost=frozenset({lost}), cancelled=frozenset({cancelled}))
    assert Job.objects.get(id=kept).progress == {"step": 1}


def test_progress_that_cannot_be_stored_costs_nobody_the_lease() -> None:
    jobs = [enqueue(), enqueue()]
    for job_id in jobs:
        claim(job_id)
        lapse(job_id)
    beats = [claims.Beat(job_id=job_id, claim_no=1, progress={"text": "\0"}) for job_id in jobs]
    assert claims.renew_leases(beats, timing=TIMING).lost == frozenset()
    assert Job.objects.filter(lease_until__gt=timezone.now()).count() == 2
