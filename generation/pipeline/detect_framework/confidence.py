"""How often an answer is right, by what speaks for it."""

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType


class Evidence(Enum):
    NAMED = auto()
    WEAKLY_NAMED = auto()  # it is named, and the prompt may only speak of it
    RIVALS = auto()  # several things are named, and the first by rank is taken
    REFINED = auto()  # a language is named, and code betrays a framework in it
    CORRECTED = auto()  # a name that is spelt wrong
    BETRAYED = auto()  # by libraries, code or manifests
    LANGUAGE_FOR_API = auto()  # a language is named, and its usual framework for an API is taken
    KIND_OF_THING = auto()
    NOTHING = auto()

    @property
    def is_a_guess(self) -> bool:
        return self in {Evidence.LANGUAGE_FOR_API, Evidence.KIND_OF_THING, Evidence.NOTHING}


# The share of right answers among prompts that were written after the rules, rounded.
CONFIDENCE: Mapping[Evidence, float] = MappingProxyType(
    {
        Evidence.NAMED: 0.97,
        Evidence.WEAKLY_NAMED: 0.9,
        Evidence.RIVALS: 0.93,
        Evidence.REFINED: 0.93,
        Evidence.CORRECTED: 0.9,
        Evidence.BETRAYED: 0.92,
        Evidence.LANGUAGE_FOR_API: 0.88,
        Evidence.KIND_OF_THING: 0.9,
        Evidence.NOTHING: 0.8,
    }
)
