"""`RateLimit` and `RateLimit-Policy`: structured fields, as draft-ietf-httpapi-ratelimit-headers-11 has them.

The policies stand in an order that stays; the buckets with the tightest first, for clients that read one.
`t` is the time in which no more than `r` requests can come: up to the next token. A refusal names those
alone that refused, so that `Retry-After` is never before the end of such a time, as the draft asks.
"""

from math import ceil

from accounts.limits.buckets import Standing, Taken

LIMIT = "RateLimit"
POLICY = "RateLimit-Policy"


def headers_of(taken: Taken) -> dict[str, str]:
    """Empty where nothing is limited."""
    if not taken.standings:
        return {}
    shown = sorted(taken.refusing or taken.standings, key=_room)
    return {
        LIMIT: ", ".join(_limit_of(standing) for standing in shown),
        POLICY: ", ".join(_policy_of(standing) for standing in taken.standings),
    }


def _room(standing: Standing) -> tuple[int, float]:
    return standing.remaining, -standing.next_token_s


def _limit_of(standing: Standing) -> str:
    return f'"{standing.bucket.policy}";r={standing.remaining};t={ceil(standing.next_token_s)}'


def _policy_of(standing: Standing) -> str:
    rate = standing.bucket.rate
    return f'"{standing.bucket.policy}";q={rate.tokens};w={rate.window_s}'
