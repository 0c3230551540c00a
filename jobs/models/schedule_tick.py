"""A time at which a schedule was due, and the job that came of it."""

from django.db import models
from django.utils import timezone

from jobs.models.job import Job


class ScheduleTick(models.Model):
    """Written in the transaction of its job. There is one for each name and time, so one job, too."""

    name = models.CharField(max_length=250)
    due_at = models.DateTimeField()
    enqueued_at = models.DateTimeField(default=timezone.now)
    # Jobs are deleted sooner than ticks.
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="ticks")

    class Meta:
        ordering = ["-due_at"]
        constraints = [models.UniqueConstraint(fields=["name", "due_at"], name="tick_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.due_at:%Y-%m-%d %H:%M:%S}"
