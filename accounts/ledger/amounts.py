"""What a generation is expected to cost, and what it has cost."""

from collections.abc import Iterable
from dataclasses import dataclass

TOKENS_OF_A_PRICE = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount:
    """Money in micro-USD; tokens of input and output together."""

    microusd: int = 0
    tokens: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """In micro-USD for a million tokens."""

    input: int
    output: int

    def cost(self, *, input_tokens: int, output_tokens: int) -> int:
        """In micro-USD, rounded up: what is held must not be less than what it is held for."""
        total = input_tokens * self.input + output_tokens * self.output
        return -(-total // TOKENS_OF_A_PRICE)


def total_of(amounts: Iterable[Amount]) -> Amount:
    listed = list(amounts)
    return Amount(
        microusd=sum(amount.microusd for amount in listed), tokens=sum(amount.tokens for amount in listed)
    )
