import pytest

from accounts.ledger.amounts import Amount, Price, total_of


@pytest.mark.parametrize(
    ("input_tokens", "output_tokens", "cost"),
    [
        (0, 0, 0),
        (1_000_000, 0, 300_000),
        (0, 1_000_000, 2_500_000),
        (1_000, 2_000, 5_300),
        (1, 0, 1),
        (0, 1, 3),
    ],
)
def test_a_cost_is_rounded_up_to_a_millionth_of_a_dollar(
    input_tokens: int, output_tokens: int, cost: int
) -> None:
    price = Price(input=300_000, output=2_500_000)
    assert price.cost(input_tokens=input_tokens, output_tokens=output_tokens) == cost


def test_a_free_model_costs_nothing() -> None:
    assert Price(input=0, output=0).cost(input_tokens=10**9, output_tokens=10**9) == 0


def test_amounts_are_summed() -> None:
    assert total_of([Amount(microusd=1, tokens=2), Amount(microusd=3, tokens=4)]) == Amount(
        microusd=4, tokens=6
    )
    assert total_of([]) == Amount()
