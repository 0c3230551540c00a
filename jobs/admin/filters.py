"""The filters of the list of jobs."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from jobs.models import Job, JobQuerySet

MOST_CHOICES = 20


class OutcomeFilter(admin.SimpleListFilter):
    """What became of the failed ones."""

    title = "failed jobs"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("dead", "Dead letters"), ("discarded", "Discarded"), ("cancelled", "Cancelled")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        failed = queryset.filter(status=Job.Status.FAILED)
        if self.value() == "dead":
            return failed & Job.objects.dead()
        if self.value() == "discarded":
            return failed.filter(discarded_at__isnull=False)
        if self.value() == "cancelled":
            return failed.filter(cancel_requested_at__isnull=False)
        return queryset


class CommonestOfTheDead(admin.SimpleListFilter):
    """Offers the values that dead jobs have most often, and obeys any other that the address names."""

    column: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        dead = Job.objects.with_last_error().dead().exclude(**{self.column: ""}).order_by()
        counted = dead.values_list(self.column).annotate(count=Count("id")).order_by("-count", self.column)
        return [(value, self.name_of(value)) for value in self._with_chosen(dict(counted[:MOST_CHOICES]))]

    def _with_chosen(self, offered: Iterable[str]) -> list[str]:
        chosen = self.value()
        return list(dict.fromkeys([*filter(None, offered), *filter(None, [chosen])]))

    def name_of(self, value: str) -> str:
        return value

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        value = self.value()
        if value is None:
            return queryset
        if "\x00" in value:  # PostgreSQL would not even compare it
            return queryset.none()
        return queryset.filter(**{self.column: value})


class OwnerFilter(CommonestOfTheDead):
    title = "owner"
    parameter_name = column = "owner"


class ErrorFilter(CommonestOfTheDead):
    title = "newest error"
    parameter_name = "error"
    column = "error_class"

    def name_of(self, value: str) -> str:
        return value.rpartition(".")[2]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job]:
        assert isinstance(queryset, JobQuerySet)  # noqa: S101 - the admin's own
        return super().queryset(request, queryset.with_last_error())
