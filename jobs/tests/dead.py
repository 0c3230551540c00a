"""Jobs that died in earnest."""

import asyncio
from typing import Any
from uuid import UUID

from jobs.models import Job
from jobs.testing import run_job
from jobs.tests import tasks


def enqueue_and_run(task: Any, *args: Any, **kwargs: Any) -> Job:
    job_id = UUID(task.enqueue(*args, **kwargs).id)
    asyncio.run(run_job(job_id))
    return Job.objects.get(id=job_id)


def make_dead() -> Job:
    job = enqueue_and_run(tasks.be_refused)
    assert job.state == "dead"
    return job


def now(job: Job) -> Job:
    return Job.objects.get(id=job.id)
