"""What a request would cost, and whether it would be accepted: nothing of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.callers import Caller
from accounts.ledger.overview import quotas_of_request
from accounts.ledger.quota import Quota, QuotaState, find_shortage
from accounts.ledger.room import Demand
from accounts.models import ApiKey, Organization
from generation.holds import Expectation, expect
from generation.integrations import known_answers
from generation.pipeline.records import GenerationRequest
from generation.prices import refresh_prices
from generation.services import CacheUse, new_generation


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """An answer that `is_known` costs nothing, and is always given."""

    expectation: Expectation
    is_known: bool
    quotas: Sequence[QuotaState]
    refused_by: Quota | None


def estimate_generation(
    *, organization: Organization, request: GenerationRequest, cache: CacheUse, caller: Caller
) -> Estimate:
    refresh_prices()
    expectation = expect(request)
    demand = Demand(amount=expectation.amount, requests=1)
    quotas = quotas_of_request(organization, caller if isinstance(caller, ApiKey) else None)
    shortage = find_shortage((state, demand.of(state.quota)) for state in quotas)
    is_known = cache == "use" and _is_known(organization, request)
    return Estimate(
        expectation=expectation,
        is_known=is_known,
        quotas=quotas,
        refused_by=shortage[0].quota if shortage and not is_known else None,
    )


def _is_known(organization: Organization, request: GenerationRequest) -> bool:
    asked = new_generation(
        organization=organization, request=request, metadata=None, cache="use", request_id=""
    )
    return known_answers.find_answer(asked.answer_key) is not None
