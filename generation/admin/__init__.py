from generation.admin.history import AttemptAdmin, BatchAdmin, GenerationAdmin
from generation.admin.prompt_version import PromptVersionAdmin
from generation.admin.webhooks import WebhookDeliveryAdmin, WebhookEndpointAdmin

__all__ = [
    "AttemptAdmin",
    "BatchAdmin",
    "GenerationAdmin",
    "PromptVersionAdmin",
    "WebhookDeliveryAdmin",
    "WebhookEndpointAdmin",
]
