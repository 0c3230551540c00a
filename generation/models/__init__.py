from generation.models.batch import Batch, BatchItem, LineCounts
from generation.models.generation import Attempt, File, Generation, GenerationQuerySet
from generation.models.prompt_version import PromptVersion
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
    "Batch",
    "BatchItem",
    "DeliveryAttempt",
    "DisabledReason",
    "EventType",
    "File",
    "Generation",
    "GenerationQuerySet",
    "LineCounts",
    "PromptVersion",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookSecret",
]
