"""What Prometheus is told: by policy, never by whom. `organization` or `key` are kinds of buckets here."""

from functools import cache

from prometheus_client import Counter

from accounts.limits.buckets import Taken

DECISIONS = Counter(
    "codegen_rate_limit_decisions_total",
    "Requests by bucket: allowed, or refused by it.",
    ["policy", "scope", "outcome"],
)
UNSHARED = Counter(
    "codegen_rate_limit_unshared_total",
    "Requests over which this process decided by itself, since there was no Redis.",
)
IN_FLIGHT_REFUSALS = Counter(
    "codegen_in_flight_refusals_total", "Requests refused since too many were in flight.", ["scope"]
)
SIZE_REFUSALS = Counter("codegen_size_refusals_total", "Requests refused as too large.", ["what"])


# With every request three of them are looked up.
_decisions_of = cache(DECISIONS.labels)


def count_decision(taken: Taken) -> None:
    outcome = "allowed" if taken.is_allowed else "refused"
    for standing in taken.standings if taken.is_allowed else taken.refusing:
        _decisions_of(standing.bucket.route_class, standing.bucket.scope, outcome).inc()
    if not taken.is_shared:
        UNSHARED.inc()
