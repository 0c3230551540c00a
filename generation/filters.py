import django_filters

from generation.models import Generation


class GenerationFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """`?status=&framework=&model=&created_after=&created_before=` (ISO 8601)."""

    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")
    status = django_filters.MultipleChoiceFilter(choices=Generation.Status.choices)

    class Meta:
        model = Generation
        fields = ["status", "framework", "model"]
