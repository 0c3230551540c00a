"""Which jobs are meant: what an operator says of them, as a look-up."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from jobs.models import Job, JobQuerySet


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """`task` is a path or the end of one. `since` counts from the failure of the dead, else from the
    enqueueing; `older_than` from the end."""

    status: str | None = None
    queue: str | None = None
    owner: str | None = None
    task: str | None = None
    dead: bool = False
    since: timedelta | None = None
    older_than: timedelta | None = None

    @property
    def is_everything(self) -> bool:
        return self == Selection()

    def find(self) -> JobQuerySet:
        now = timezone.now()
        jobs = Job.objects.dead() if self.dead else Job.objects.all()
        if self.status is not None:
            jobs = jobs.filter(status=self.status)
        if self.queue is not None:
            jobs = jobs.filter(queue_name=self.queue)
        if self.owner is not None:
            jobs = jobs.filter(owner=self.owner)
        if self.task is not None:
            jobs = jobs.filter(Q(task_path=self.task) | Q(task_path__endswith=f".{self.task}"))
        if self.since is not None:
            jobs = jobs.filter(**{f"{'finished' if self.dead else 'enqueued'}_at__gte": now - self.since})
        if self.older_than is not None:
            jobs = jobs.filter(finished_at__lt=now - self.older_than)
        return jobs
