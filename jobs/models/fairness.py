"""What the window of an owner is measured by: the slots of the workers that live, and its weight."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

LIVE_FOR = timedelta(seconds=60)


class LiveWorkerQuerySet(models.QuerySet["LiveWorker"]):
    def slots(self, queue: str) -> int:
        """How many jobs of the queue can run at once, over all workers that gave a sign of life lately."""
        alive = self.filter(seen_at__gt=timezone.now() - LIVE_FOR).values_list("slots", flat=True)
        return sum(slots.get(queue, 0) for slots in alive)


class LiveWorker(models.Model):
    """A worker process that gave a sign of life; the row goes when it stops."""

    id = models.CharField(max_length=64, primary_key=True)
    # {"llm": 400}
    slots = models.JSONField()
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(db_index=True)

    objects = LiveWorkerQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.id


class OwnerWeight(models.Model):
    """An owner whose window is not of the usual size: 2 for twice as much at once, 0.5 for half."""

    owner = models.CharField(max_length=64, primary_key=True)
    weight = models.FloatField(default=1.0)

    class Meta:
        ordering = ["owner"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="owner_weight_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.owner}: {self.weight:g}"
