"""What the log of the service has told of entries and anchors, wherever it was kept since: the third place.

Whoever deletes an entry before it is sealed, or goes back to an earlier state of the whole database, is found
out by this alone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime

from accounts.audit.record import ENTRY_TOLD
from accounts.audit.sealing import ANCHOR_TOLD
from accounts.audit.verifying import Break
from accounts.models import AuditChain, AuditEntry

ASKED_AT_ONCE = 500


def check_witnesses(lines: Iterable[str]) -> Iterator[Break]:
    """Lines of JSON as the service logs them; what is no such line is passed over."""
    waiting: list[Mapping[str, Any]] = []
    for told in _read(lines):
        if told["event"] == ANCHOR_TOLD:
            yield from _check_anchor(told)
            continue
        waiting.append(told)
        if len(waiting) == ASKED_AT_ONCE:
            yield from _check_entries(waiting)
            waiting = []
    yield from _check_entries(waiting)


def _read(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        if ENTRY_TOLD not in line and ANCHOR_TOLD not in line:
            continue
        try:
            told = json.loads(line)
        except ValueError:
            continue
        needed = {ENTRY_TOLD: ("entry", "digest", "created_at"), ANCHOR_TOLD: ("position", "hash")}
        names = needed.get(told.get("event", "")) if isinstance(told, dict) else None
        if names and all(name in told for name in ("chain", *names)):
            yield told


def _check_entries(told: list[Mapping[str, Any]]) -> Iterator[Break]:
    found = {
        str(entry_id): digest
        for entry_id, digest in AuditEntry.objects.filter(id__in=[one["entry"] for one in told]).values_list(
            "id", "digest"
        )
    }
    pruned = dict(AuditChain.objects.exclude(pruned_until=None).values_list("name", "pruned_until"))
    for one in told:
        digest = found.get(one["entry"])
        if digest is None:
            created_at, until = parse_datetime(one["created_at"]), pruned.get(one["chain"])
            if until is None or created_at is None or created_at > until:
                yield Break(
                    chain=one["chain"], position=0, entry=one["entry"], reason="the log knows it: it is gone"
                )
        elif digest != one["digest"]:
            yield Break(
                chain=one["chain"], position=0, entry=one["entry"], reason="the log knows it otherwise"
            )


def _check_anchor(told: Mapping[str, Any]) -> Iterator[Break]:
    chain = AuditChain.objects.filter(name=told["chain"]).first()
    if chain is not None and told["position"] <= chain.pruned_to:
        return
    entry = AuditEntry.objects.filter(chain=told["chain"], position=told["position"]).first()
    if entry is None or entry.hash != told["hash"]:
        reason = "the log knows another hash here" if entry else "the log knows an entry here"
        yield Break(chain=told["chain"], position=told["position"], reason=reason)
