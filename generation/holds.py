"""What a request is expected to use, which is held for it until it has ended."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from accounts.ledger.amounts import Amount
from accounts.ledger.reserving import NewHold
from generation.pipeline.count_tokens import estimate_tokens
from generation.pipeline.records import GenerationRequest
from generation.prices import Terms, terms_of

# The texts of ours around a prompt.
TOKENS_AROUND_PROMPT = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """`most_output_tokens` are all that may come: what is held is less, where the request sets no limit."""

    input_tokens: int
    output_tokens: int
    most_output_tokens: int
    terms: Terms

    @property
    def amount(self) -> Amount:
        return Amount(
            microusd=self.cost_with(self.output_tokens), tokens=self.input_tokens + self.output_tokens
        )

    def cost_with(self, output_tokens: int) -> int:
        """In micro-USD."""
        return self.terms.price.cost(input_tokens=self.input_tokens, output_tokens=output_tokens)


def expect(request: GenerationRequest, *, input_tokens: int | None = None) -> Expectation:
    """`input_tokens` where the caller has counted them.

    What a caller allows is held in full. Without a limit of the caller's, RESERVED_OUTPUT_TOKENS are: a
    model may say four times as much, but hardly ever does, and holds of that size would let a small budget,
    or a large batch, stand still over money that comes back. What an answer costs beyond it is booked.
    """
    terms = terms_of(request.model)
    allowed = request.max_output_tokens or settings.MAX_OUTPUT_TOKENS
    most = min(allowed, terms.max_output_tokens or allowed)
    return Expectation(
        input_tokens=estimate_input_tokens(request) if input_tokens is None else input_tokens,
        output_tokens=most if request.max_output_tokens else min(most, settings.RESERVED_OUTPUT_TOKENS),
        most_output_tokens=most,
        terms=terms,
    )


def estimate_input_tokens(request: GenerationRequest) -> int:
    """Of the first call, and rather too many."""
    files = request.parent.files if request.parent else ()
    texts = (request.prompt, *(file.content for file in files))
    return TOKENS_AROUND_PROMPT + sum(map(estimate_tokens, texts))


def hold_of(generation_id: UUID, request: GenerationRequest) -> NewHold:
    return NewHold(generation_id=generation_id, amount=expect(request).amount)
