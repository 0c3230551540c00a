import django_filters

from generation.models import EventType, WebhookDelivery


class DeliveryFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    """`?status=&event_type=`"""

    status = django_filters.MultipleChoiceFilter(choices=WebhookDelivery.Status.choices)
    event_type = django_filters.MultipleChoiceFilter(field_name="event__type", choices=EventType.choices)

    class Meta:
        model = WebhookDelivery
        fields = ["status", "event_type"]
