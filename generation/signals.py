"""What others may listen to. A receiver writes in the sender's transaction; if it fails, both fail."""

from django.dispatch import Signal

# `generation`: it has just ended, by a result, a failure or a cancel, for itself or with its leader.
generation_ended = Signal()
# `endpoint`, `reason`: a webhook endpoint was disabled; the reason is a `DisabledReason`.
webhook_disabled = Signal()
