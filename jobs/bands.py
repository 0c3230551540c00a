"""Three bands of priority, and how the free slots of a worker are shared out among them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models


class Band(models.TextChoices):
    HIGH = "hi", "high"
    MIDDLE = "mid", "middle"
    LOW = "lo", "low"


# Of every hundred slots, while all three have jobs that wait.
SHARES = {Band.HIGH: 70, Band.MIDDLE: 20, Band.LOW: 10}
# What the low band may take of all slots, even when the others are idle: mass must not fill a worker.
LOW_CAP = 0.5
LEAST_HIGH = 34
MOST_LOW = -34


def band_of(priority: int) -> Band:
    """The band of a task's priority, which lies in -100..100."""
    if priority >= LEAST_HIGH:
        return Band.HIGH
    return Band.LOW if priority <= MOST_LOW else Band.MIDDLE


@dataclass(frozen=True, kw_only=True, slots=True)
class Demand:
    """What a band has of the slots (`used`: running or asked for) and would like to have besides."""

    used: int
    wanted: int


def share_out(slots: int, room: int, demands: Mapping[Band, Demand]) -> dict[Band, int]:
    """How many of the `room` free slots each band gets: first its share, then what others leave."""
    most = {band: _most(band, slots, demand) for band, demand in demands.items()}
    asking = [band for band in Band if most.get(band)]
    total = sum(SHARES[band] for band in asking)
    given = dict.fromkeys(demands, 0)
    for band in asking:
        share = max(1, slots * SHARES[band] // total)
        given[band] = max(0, min(share - demands[band].used, most[band], room))
        room -= given[band]
    for band in asking:
        more = min(most[band] - given[band], room)
        given[band] += more
        room -= more
    return given


def _most(band: Band, slots: int, demand: Demand) -> int:
    if band is not Band.LOW:
        return demand.wanted
    return max(0, min(demand.wanted, max(1, int(slots * LOW_CAP)) - demand.used))
