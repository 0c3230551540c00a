"""How far a schedule has come: its ticks may be deleted, this stays."""

from datetime import datetime

from django.db import models
from django.utils import timezone


class ScheduleState(models.Model):
    """Every tick up to `done_until` is dealt with. It only rises, so a clock that jumps back does no harm."""

    name = models.CharField(max_length=250, primary_key=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    done_until = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        verbose_name = "schedule"

    def __str__(self) -> str:
        return self.name

    def advance(self, until: datetime) -> bool:
        """False when another worker was faster."""
        as_read = ScheduleState.objects.filter(name=self.name, done_until=self.done_until)
        return bool(as_read.update(done_until=until))
