from django.db import models
from django.utils import timezone

from jobs.models.job import Job


class Step(models.Model):
    """A paid piece of a job: its output and its cost in one row, so that a re-run need not buy it again.

    `calls_lost` counts calls that were started, and whose worker died before their end was on record:
    a provider may have billed them, the customer is not. `lost_microusd` books them at the price of the
    call that came through.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=100)
    # From the start of the call until its end is on record.
    is_calling = models.BooleanField(default=True)
    claim_no = models.PositiveIntegerField()
    output = models.JSONField(null=True)
    cost_microusd = models.PositiveBigIntegerField(default=0)
    calls_lost = models.PositiveIntegerField(default=0)
    lost_microusd = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="step_once_per_job")]

    def __str__(self) -> str:
        return f"{self.name} of {self.job_id}"
