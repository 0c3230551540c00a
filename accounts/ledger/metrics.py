"""What Prometheus is told of the money by the process that books it."""

from prometheus_client import Counter, Gauge

REFUSED = Counter("quota_refused_total", "Requests that a quota had no room for.", ["quota"])
OVERSHOT = Counter("ledger_overshot_microusd_total", "What generations cost beyond what was held for them.")
SWEPT = Counter("ledger_holds_swept_total", "Holds that were still open though nothing ran any more.")
DIFFERENCES = Gauge(
    "ledger_differences", "Balances that were not the sum of their entries, at the last check."
)
