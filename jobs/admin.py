from django.contrib import admin
from django.http import HttpRequest

from jobs.models import Job


@admin.register(Job)
class JobAdmin(admin.ModelAdmin[Job]):
    """To look at: a job is changed by its worker, or cancelled through the API."""

    list_display = ["id", "task_path", "queue_name", "owner", "status", "failures", "crashes", "enqueued_at"]
    list_filter = ["status", "queue_name", "task_path"]
    search_fields = ["id", "owner"]
    date_hierarchy = "enqueued_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        return False
