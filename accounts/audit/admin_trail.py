"""The admin leaves a trail: what is added, changed and deleted there, and who looked at what is private."""

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.actor import operator
from accounts.audit.actions import Action
from accounts.audit.record import record_act
from accounts.models import AuditEntry, Organization, User

M = TypeVar("M", bound=models.Model)

# Of one operator and one object, one entry within so long.
READ_TOLD_EVERY = timedelta(hours=1)


class AuditedAdmin(admin.ModelAdmin[M]):
    """Whoever adds, changes or deletes here is in the audit log, in the same transaction.

    For forms that save their models; what calls a service leaves the trail to that.
    """

    # Of `Action`: there are `<kind>.created`, `.changed` and `.deleted` as far as they are permitted here.
    audit_kind: ClassVar[str]
    # What something else tells already: of "created", "changed" and "deleted".
    told_elsewhere: ClassVar[frozenset[str]] = frozenset()
    # Only these fields are told, where others are what somebody has written to a model. None: all.
    audit_fields: ClassVar[tuple[str, ...] | None] = None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> M | None:
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            request.audited_before = self.told_of(found)  # type: ignore[attr-defined]
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        with transaction.atomic() if request.method == "POST" else nullcontext():
            return super().changelist_view(request, extra_context)

    def log_addition(self, request: HttpRequest, obj: M, message: Any) -> Any:
        self.tell(request, "created", obj, after=self.told_of(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: M, message: Any) -> Any:
        # Without it no form was sent, but an action of the list, which leaves the trail to its service.
        if before := getattr(request, "audited_before", None):
            self.tell(request, "changed", obj, before=before, after=self.told_of(obj))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            self.tell(request, "deleted", obj, before=self.told_of(obj))
        return super().log_deletions(request, queryset)

    def told_of(self, obj: M) -> dict[str, Any]:
        if self.audit_fields is None:
            return state_of(obj)
        return {name: getattr(obj, name) for name in self.audit_fields}

    def tell(self, request: HttpRequest, what: str, obj: M, **states: Any) -> None:
        if what in self.told_elsewhere:
            return
        record_act(
            Action(f"{self.audit_kind}.{what}"),
            organization_id=organization_id_of(obj),
            object_id=obj.pk,
            by=operator(request.user),
            **states,
        )


def state_of(obj: models.Model) -> dict[str, Any]:
    """All that is stored of it, by the names of the fields; of many to many, what they are called."""
    columns = {field.name: getattr(obj, field.attname) for field in obj._meta.concrete_fields}
    if obj.pk is None:
        return columns
    chosen = {
        field.name: sorted(map(str, getattr(obj, field.name).all()))
        for field in obj._meta.many_to_many
        if (through := field.remote_field.through) and through._meta.auto_created
    }
    return columns | chosen


def organization_id_of(obj: models.Model) -> UUID | None:
    return obj.pk if isinstance(obj, Organization) else getattr(obj, "organization_id", None)


class PrivatePage(admin.ModelAdmin[M]):
    """Who opens the page of an object is in the log of its organization: once an hour."""

    read_action: ClassVar[Action]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        found = self.get_object(request, object_id) if response.status_code == 200 else None
        if found is not None and isinstance(request.user, User):
            for object_read in self.what_is_read(found):
                tell_reading(self.read_action, object_read, by=request.user)
        return response

    def what_is_read(self, obj: M) -> Iterable[models.Model]:
        return [obj]


@transaction.atomic
def tell_reading(action: Action, obj: models.Model, *, by: User) -> None:
    # Two pages that he opens at the same moment are told once.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    lately = AuditEntry.objects.filter(object_id=str(obj.pk), created_at__gt=timezone.now() - READ_TOLD_EVERY)
    if not lately.filter(action=action, actor_id=str(by.pk)).exists():
        record_act(action, organization_id=organization_id_of(obj), object_id=obj.pk, by=operator(by))
