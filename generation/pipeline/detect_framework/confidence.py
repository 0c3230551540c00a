"""How often an answer is right, by what speaks for it."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class Evidence(Enum):
    NAMED = "it is named"
    WEAKLY_NAMED = "it is named, though the prompt may only speak of it"
    RIVALS = "several are named, and it comes first"
    REFINED = "its language is named, and code or libraries betray it"
    CORRECTED = "a word is nearly its name"
    BETRAYED = "code, libraries or files betray it"
    LANGUAGE_FOR_API = "it is usual for an API in the language that is named"
    KIND_OF_THING = "nothing is named; it is usual for such a thing"
    NOTHING = "nothing tells"

    @property
    def is_a_guess(self) -> bool:
        return self in {Evidence.LANGUAGE_FOR_API, Evidence.KIND_OF_THING, Evidence.NOTHING}


# The share of right answers among prompts that were written after the rules, rounded.
CONFIDENCE: Mapping[Evidence, float] = MappingProxyType(
    {
        Evidence.NAMED: 0.98,
        Evidence.WEAKLY_NAMED: 0.93,
        Evidence.RIVALS: 0.9,
        Evidence.REFINED: 0.93,
        Evidence.CORRECTED: 0.93,
        Evidence.BETRAYED: 0.94,
        Evidence.LANGUAGE_FOR_API: 0.9,
        Evidence.KIND_OF_THING: 0.95,
        Evidence.NOTHING: 0.8,
    }
)
