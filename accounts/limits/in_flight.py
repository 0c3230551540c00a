"""How much of an organization may be in flight at once, and who gets the last place.

Who asks has counted what is in flight: a count that was kept would lose a place with every process that
dies.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from accounts.limits.metrics import IN_FLIGHT_REFUSALS
from accounts.models import Organization
from accounts.plans.limits import tighter
from accounts.plans.reading import limits_of
from codegen_site.errors import TooManyInFlight

# When a place will be free is known to nobody.
RETRY_AFTER_S = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class InFlightLimits:
    """Of generations, the lines of batches apart, and of batches. `None` is without a limit."""

    organization: int | None
    key: int | None
    batches: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """`scope` is what the limit is one of, as `InFlightLimits` names it."""

    scope: str
    taken: int
    limit: int | None


def in_flight_limits_of(organization: Organization) -> InFlightLimits:
    """By plan, and never more than the installation takes from anybody."""
    plan = limits_of(organization)
    return InFlightLimits(
        organization=tighter(plan.generations_in_flight, settings.MAX_GENERATIONS_IN_FLIGHT),
        key=settings.MAX_GENERATIONS_IN_FLIGHT_OF_KEY,
        batches=settings.MAX_BATCHES_IN_FLIGHT,
    )


def lock_places(organization: Organization) -> None:
    """Until the end of the transaction nobody else takes a place: to be called before they are counted.

    The first lock of its transaction, as everybody takes it; rows that refer to the organization can be
    written meanwhile.
    """
    Organization.objects.select_for_update(no_key=True).values_list("pk").get(pk=organization.pk)


def refuse_when_full(places: Iterable[Places]) -> None:
    """Raises `TooManyInFlight`."""
    for one in places:
        if one.limit is not None and one.taken >= one.limit:
            IN_FLIGHT_REFUSALS.labels(one.scope).inc()
            what = "batches" if one.scope == "batches" else f"generations of this {one.scope}"
            raise TooManyInFlight(
                f"{one.taken:,} {what} are in flight, and {one.limit:,} may be.",
                details={"scope": one.scope, "in_flight": one.taken, "limit": one.limit},
                retry_after=RETRY_AFTER_S,
            )
