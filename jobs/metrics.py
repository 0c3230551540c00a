"""What Prometheus is told of the queue by the process that works on it."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

FINISHED = Counter("jobs_finished_total", "Jobs that came to their end.", ["task", "status"])
RETRIED = Counter("jobs_retried_total", "Failures that were put off to run again.", ["task"])
RUNNING = Gauge("jobs_running", "Jobs that this worker has claimed.", ["queue"])
CLAIMS_LOST = Counter("jobs_claims_lost_total", "Jobs that another worker took over meanwhile.")
CRASHES = Counter("jobs_crashes_total", "Claims that ended without a verdict.")
SWEPT = Counter("jobs_swept_total", "Jobs that nobody had rung for, found by the sweeper.")
CALLS_LOST = Counter("jobs_calls_lost_total", "Paid calls whose worker died before their end was recorded.")
UNTOLD = Counter("jobs_untold_total", "Ends of jobs of which a receiver could not be told.")
LANE_BATCH = Histogram("jobs_lane_batch_size", "Operations in one commit.", buckets=[1, 4, 16, 64, 256, 1024])


@cache
def finished(task: str, status: str) -> Counter:
    """The counter of these jobs; looked up once, since looking up costs more than counting."""
    return FINISHED.labels(task, status)
