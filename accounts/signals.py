"""What others may listen to. A receiver writes in the sender's transaction; if it fails, both fail."""

from django.dispatch import Signal

# `organization`: it has another plan, or other limits in it; also when it is new.
plan_changed = Signal()
# `notice`: a `QuotaNotice`, written this moment: a threshold of a quota was reached.
quota_threshold_reached = Signal()
# `anomaly`: an `Anomaly`, found this moment.
anomaly_found = Signal()
