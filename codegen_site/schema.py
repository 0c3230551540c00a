"""What the OpenAPI document says beyond the views: the introduction, and every error."""

from collections.abc import Iterator
from typing import Any

from accounts.api_keys.text import KEY_PATTERN
from accounts.audit.actions import describe_actions
from accounts.organizations.roles import describe_roles
from codegen_site.documented_errors import ERROR_SCHEMA, document_errors, meaning_of
from codegen_site.errors import AppException, concrete_errors

INTRODUCTION = """
A prompt becomes a project: files that parse, a report of what was checked, and what it cost.

Send your key with every call: `Authorization: Bearer <key>`. Every answer carries `X-Request-ID`;
send one of your own to find a call in the logs.

## Repeating a request

Send `Idempotency-Key` with a POST: 1 to 255 visible ASCII characters, new and random for each request,
such as a UUID. When the answer was lost, send the same again: it takes effect once. A repetition gets the
first response with `Idempotent-Replayed: true`; while the first request still runs, 409 with
`details.job` and `Retry-After`; with another body or address, 422. Keys are your organization's own and
kept for a day. A request that was refused with an error did nothing, and its key can be used again; a
generation that was started and failed is told as failed, so try once more with a new key.

## Costs and quotas

`POST /api/v1/generate_code/estimate` takes the body of a request and tells what it would cost. As much is
set aside when the request is accepted, and replaced by what it has cost when it ends: nothing for a failure,
a cancel, or an answer that was known or shared. When the plan has no room for it, it is refused with 402 and
`quota_exceeded`; `details` has `quota`, `unit`, `limit`, `used`, `reserved`, `requested` and `resets_at`.
It is not 429, since clients repeat that by themselves, and before `resets_at` nothing changes: ask for fewer
`max_output_tokens`, wait, or get another plan. `rate_limited` is 429, and goes away in seconds.

`GET /api/v1/usage` tells what was used and billed, `GET /api/v1/usage/limits` what is left; a webhook gets
`quota.threshold` at 80 and 100 percent of a quota. `micro_usd` are millionths of a US dollar.

## Webhooks

`POST /api/v1/webhooks` names a URL that is told when a generation ends, with a body such as
`{"type": "generation.completed", "timestamp", "data": {"id", "object", "status", "error", "links"}}`;
`data.links.self` leads to the rest. Answer 2xx within 15 seconds, and work afterwards. Anything else is
attempted again for three days; 410 disables the webhook. An event may come twice and out of turn:
`webhook-id` is the same whenever it comes.

Requests are signed as [Standard Webhooks](https://www.standardwebhooks.com) says, and its libraries verify
them. In Python, with the bytes of the body as they came:

    from standardwebhooks import Webhook
    event = Webhook("whsec_…").verify(body, headers)

By hand: the key is what follows `whsec_`, decoded from base64. Over `<webhook-id>.<webhook-timestamp>.<body>`
make an HMAC-SHA256 with it. Its base64 must be equal, compared in constant time, to one of the `v1,…` in
`webhook-signature`, of which there are several after a rotation. Refuse a `webhook-timestamp` that is more
than five minutes off.

## Organizations and people

Who is logged in acts for an organization, the one that `X-Organization: <slug>` names or else the first that
he joined, as his role there allows. A key acts for its own organization, as both its scopes and the role of
whom it belongs to allow. Nobody gives away more than he has, and an organization always has an owner.

ROLES

An organization can limit itself to some models, frameworks and features; what is in none of its lists is
refused with `not_allowed_here`. Its deletion takes effect after some days, until which it can be undone.

## Audit log

`GET /api/v1/audit` tells who did what: a person, a key, a service account, an operator of the service, or the
system itself; as what, from where, on which object, and what was before and after. What starts a generation
is not in it, since each generation is its own record. Nobody changes an entry, nor deletes one before its
time: each has the hash of the one before it.

ACTIONS

## API keys

A key reads `cg_live_…` or `cg_test_…`; what a test key makes is marked. It matches

    KEY_PATTERN

and its last six characters are the CRC-32 of all that stands before them, in base 62 with the digits
`0-9A-Za-z`: scanners can tell a key from what looks like one. It belongs to a member or to a service account,
and is refused once that is gone; it may be bound to networks, models and a time. Revoked it is refused
everywhere within a second; so is one that is suspended, until it is taken up again. Rotate it with an
overlap, in which the old key and the new one work.

## Limits

Every answer says how many requests are left, as the
[IETF's draft](https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/) has it:

    RateLimit-Policy: "generate-key";q=100;w=60, "generate-organization";q=500;w=60
    RateLimit: "generate-key";r=42;t=1, "generate-organization";r=430;t=1

A bucket has `q` tokens and fills in `w` seconds, a token at a time. A request takes one from each of its
buckets: that of the key, of its organization and of the address it came from. `r` are left, and there are no
more within `t` seconds; the bucket with the fewest comes first. To start generations, to start batches (one
token, however many lines), to read and to write have buckets of their own. Where one is empty, the answer is
429 `rate_limited` with `Retry-After`, and nothing was taken from the others.

Apart from that, only so many generations may be queued and running at once, and so many batches: one more is
429 `too_many_in_flight`.

## Errors

Every error is `{"error": {"code", "message", "details", "request_id", "retryable"}}`.

| code | status | retryable | meaning |
| --- | --- | --- | --- |
"""


def describe_errors() -> Iterator[str]:
    """A row of the table for each code, in the order of their status."""
    known: dict[str, type[AppException]] = {error.code: error for error in concrete_errors()}
    for code, error in sorted(known.items(), key=lambda item: (item[1].status, item[0])):
        retryable = "yes" if error.retryable else "no"
        yield f"| `{code}` | {error.status} | {retryable} | {meaning_of(error)} |"


def add_errors(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """drf-spectacular's postprocessing hook."""
    introduction = INTRODUCTION.strip().replace("ROLES", "\n".join(describe_roles()))
    introduction = introduction.replace("KEY_PATTERN", KEY_PATTERN)
    introduction = introduction.replace("ACTIONS", "\n".join(describe_actions()))
    result["info"]["description"] = introduction + "\n" + "\n".join(describe_errors())
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR_SCHEMA
    for operations in result["paths"].values():
        for method, operation in operations.items():
            document_errors(method, operation)
    return result
