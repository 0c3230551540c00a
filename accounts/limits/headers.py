"""`RateLimit` and `RateLimit-Policy`: structured fields, as draft-ietf-httpapi-ratelimit-headers-11 has them.

The policies stand in an order that stays; the buckets with the tightest first, for clients that read one.
`t` is the time in which no more than `r` requests can come: up to the next token. It may be left out, and is
where it would end behind `Retry-After`, which the draft does not want.
"""

from math import ceil, inf

from accounts.limits.buckets import Standing, Taken

LIMIT = "RateLimit"
POLICY = "RateLimit-Policy"


def headers_of(taken: Taken, *, retry_after_s: float = inf) -> dict[str, str]:
    """Empty where nothing is limited. `retry_after_s` is what the answer asks its caller to wait."""
    if not taken.standings:
        return {}
    return {
        LIMIT: ", ".join(
            _limit_of(standing, retry_after_s) for standing in sorted(taken.standings, key=_room)
        ),
        POLICY: ", ".join(_policy_of(standing) for standing in taken.standings),
    }


def _room(standing: Standing) -> tuple[int, float]:
    return standing.remaining, -standing.next_token_s


def _limit_of(standing: Standing, retry_after_s: float) -> str:
    wait = ceil(standing.next_token_s)
    window = f";t={wait}" if wait <= retry_after_s else ""
    return f'"{standing.bucket.policy}";r={standing.remaining}{window}'


def _policy_of(standing: Standing) -> str:
    rate = standing.bucket.rate
    return f'"{standing.bucket.policy}";q={rate.tokens};w={rate.window_s}'
