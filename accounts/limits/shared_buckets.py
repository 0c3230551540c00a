"""The buckets that all processes share: in Redis, where one script decides over all buckets of a request."""

from collections.abc import Sequence
from pathlib import Path

from django.core.cache import cache

from accounts.limits.buckets import Bucket, Taken
from codegen_site.errors import CacheException

SCRIPT = (Path(__file__).parent / "take.lua").read_text(encoding="utf-8")


def take_shared(buckets: Sequence[Bucket]) -> Taken:
    """Raises `CacheException` while there is no Redis."""
    run_script = getattr(cache, "run_script", None)
    if run_script is None:
        raise CacheException
    fits, *backlogs = run_script(
        SCRIPT,
        # The part in braces alone decides on which node of a cluster a key lives.
        keys=[f"{{limits}}:{bucket.key}" for bucket in buckets],
        arguments=[us for bucket in buckets for us in (bucket.rate.interval_us, bucket.rate.size_us)],
    )
    return Taken.tell(buckets, fits=bool(fits), backlogs_us=backlogs, is_shared=True)
