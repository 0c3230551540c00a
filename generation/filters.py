import django_filters

from generation.models import Batch, Generation


class GenerationFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """`?status=&framework=&model=&batch=&parent=&history=&created_after=&created_before=` (ISO 8601)."""

    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")
    status = django_filters.MultipleChoiceFilter(choices=Generation.Status.choices)
    # By its id: a filter that looked the batch up would tell whether others have one.
    batch = django_filters.UUIDFilter(field_name="batch_id")

    parent = django_filters.UUIDFilter(field_name="parent_id")
    history = django_filters.UUIDFilter(field_name="history_id")

    class Meta:
        model = Generation
        fields = ["status", "framework", "model", "batch", "parent", "history"]


class BatchFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """`?status=`."""

    status = django_filters.MultipleChoiceFilter(choices=Batch.Status.choices)

    class Meta:
        model = Batch
        fields = ["status"]
