from generation.models.generation import Attempt, File, Generation, GenerationQuerySet
from generation.models.webhook import (
    DeliveryAttempt,
    DisabledReason,
    EventType,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookSecret,
)

__all__ = [
    "Attempt",
    "DeliveryAttempt",
    "DisabledReason",
    "EventType",
    "File",
    "Generation",
    "GenerationQuerySet",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookSecret",
]
