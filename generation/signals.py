"""What others may listen to. A receiver writes in the sender's transaction; if it fails, both fail."""

from django.dispatch import Signal

# `generation`: it has just ended, by a result, a failure or a cancel, for itself or with its leader.
# `stored_bytes`: what its files take, where it has any.
# The waiting lines of a batch that is cancelled are not told one by one: `batch_ended` speaks for them.
generation_ended = Signal()
# `batch`: it has just ended; its `status` says how.
batch_ended = Signal()
# `endpoint`, `reason`: a webhook endpoint was disabled; the reason is a `DisabledReason`.
webhook_disabled = Signal()
