from django.contrib import admin

from jobs.admin.schedules import ReadOnly
from jobs.models import LiveWorker, OwnerWeight, Step


@admin.register(LiveWorker)
class LiveWorkerAdmin(ReadOnly, admin.ModelAdmin[LiveWorker]):
    list_display = ["id", "slots", "started_at", "seen_at"]


@admin.register(OwnerWeight)
class OwnerWeightAdmin(admin.ModelAdmin[OwnerWeight]):
    """How many jobs of an owner are in line at once, as a multiple of the usual; seen after some seconds."""

    list_display = ["owner", "weight"]
    search_fields = ["owner"]


@admin.register(Step)
class StepAdmin(ReadOnly, admin.ModelAdmin[Step]):
    """What jobs have bought, and which calls were lost with their worker."""

    list_display = ["job_id", "name", "cost_microusd", "calls_lost", "lost_microusd", "finished_at"]
    list_filter = [("calls_lost", admin.AllValuesFieldListFilter)]
    search_fields = ["job__id"]
    exclude = ["output"]
