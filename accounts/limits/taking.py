"""A request takes a token from all of its buckets, or is told when to come again."""

from collections.abc import Sequence
from math import ceil

from accounts.limits.buckets import Bucket, Standing, Taken
from accounts.limits.metrics import count_decision
from accounts.limits.own_buckets import own_buckets
from accounts.limits.shared_buckets import take_shared
from codegen_site.errors import CacheException, RateLimitException


def take(buckets: Sequence[Bucket]) -> Taken:
    """One round trip to Redis at most; without Redis this process decides by itself. Never raises."""
    if not buckets:
        return Taken(is_allowed=True, is_shared=True, standings=())
    try:
        taken = take_shared(buckets)
    except CacheException:
        taken = own_buckets.take(buckets)
    count_decision(taken)
    return taken


def refusal_of(taken: Taken) -> RateLimitException:
    """Of what was not allowed. The bucket that takes longest is named: before it has a token, none helps."""
    slowest = max(taken.refusing, key=lambda standing: standing.next_token_s)
    retry_after = retry_after_s(slowest)
    rate = slowest.bucket.rate
    return RateLimitException(
        f"Too many requests: {slowest.bucket.policy} allows {rate.tokens:,} in {rate.window_s:,} s.",
        details={
            "policy": slowest.bucket.policy,
            "scope": slowest.bucket.scope,
            "limit": rate.tokens,
            "window_s": rate.window_s,
            "retry_after": retry_after,
        },
        retry_after=retry_after,
    )


def retry_after_s(standing: Standing) -> int:
    """Whole seconds after which a request will find a token, if nobody else takes it."""
    return max(1, ceil(standing.next_token_s))
