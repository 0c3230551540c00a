"""How an estimate is shown."""

from typing import Any

from rest_framework import serializers

from accounts.ledger.quota import Quota
from accounts.ledger.serializers import QuotaStateSerializer
from generation.estimating import Estimate

MILLION = 1_000_000


class PriceSerializer(serializers.Serializer[Any]):
    input_usd_per_million = serializers.FloatField()
    output_usd_per_million = serializers.FloatField()
    is_known = serializers.BooleanField(
        help_text="Whether it is the model's own; the service assumes one otherwise."
    )


class CostSerializer(serializers.Serializer[Any]):
    least = serializers.FloatField(help_text="Of the input alone.")
    held = serializers.FloatField(help_text="With output_tokens: what is set aside until it has ended.")
    most = serializers.FloatField(help_text="With max_output_tokens, in one call.")


class EstimateSerializer(serializers.Serializer[Any]):
    object = serializers.CharField()
    model = serializers.CharField()
    known = serializers.BooleanField(help_text="The answer is known already, and would cost nothing.")
    input_tokens = serializers.IntegerField(help_text="About.")
    output_tokens = serializers.IntegerField(help_text="Assumed.")
    max_output_tokens = serializers.IntegerField(help_text="The most that may come.")
    price = PriceSerializer()
    cost_usd = CostSerializer()
    quotas = QuotaStateSerializer(many=True)
    accepted = serializers.BooleanField(help_text="Whether it would be, now.")
    refused_by = serializers.ChoiceField(choices=Quota.choices, allow_null=True)


def show_estimate(estimate: Estimate, *, model: str) -> dict[str, Any]:
    expected, price = estimate.expectation, estimate.expectation.terms.price
    body = {
        "object": "estimate",
        "model": model,
        "known": estimate.is_known,
        "input_tokens": expected.input_tokens,
        "output_tokens": expected.output_tokens,
        "max_output_tokens": expected.most_output_tokens,
        "price": {
            "input_usd_per_million": price.input / MILLION,
            "output_usd_per_million": price.output / MILLION,
            "is_known": expected.terms.is_known,
        },
        "cost_usd": {
            "least": expected.cost_with(0) / MILLION,
            "held": expected.amount.microusd / MILLION,
            "most": expected.cost_with(expected.most_output_tokens) / MILLION,
        },
        "quotas": estimate.quotas,
        "accepted": estimate.refused_by is None,
        "refused_by": estimate.refused_by,
    }
    return dict(EstimateSerializer(body).data)
