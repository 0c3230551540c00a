"""The roles of the words of one text."""

from bisect import bisect_left
from collections import defaultdict

from generation.pipeline.detect_framework.roles import Role
from generation.pipeline.detect_framework.text import Break, Text
from generation.pipeline.detect_framework.wording import NO_ROLES, Roles, roles_by_phrase

Span = tuple[int, int]  # the first word, and the one after the last
_LONGEST_STRETCH = 60  # words to either side
_STOPS = frozenset({Role.COMMON, Role.PRODUCT_AFTER, Role.TECHNICAL_AFTER})


# Roles that are asked for anywhere in a stretch, and not only beside a name.
_PLACED = frozenset(
    {
        Role.POSTPONED, Role.HALF, Role.MOVE, Role.FROM_BEFORE, Role.SOURCE_BEFORE, Role.STATE, Role.EXISTING,
        Role.THAT, Role.PURPOSE, Role.PERSON, Role.PERSONA_BEFORE, Role.ORDER, Role.CLIENT, Role.PLAIN,
        Role.CONTRAST, Role.LIST, Role.TECHNICAL,
    }
)  # fmt: skip


class _PlacedOf(dict[Roles, Roles]):
    def __missing__(self, roles: Roles) -> Roles:
        self[roles] = roles & _PLACED
        return self[roles]


_PLACED_OF = _PlacedOf()


class Marks:
    """What stands where in a text. `first_thing` is the first word that names a kind of thing to build."""

    def __init__(self, text: Text, language: str, first_thing: int | None) -> None:
        self.text = text
        self.language = language
        self.first_thing = first_thing
        self._index = roles_by_phrase(language)
        self._starting: dict[int, tuple[Roles, int]] = {}
        self._ending: dict[int, tuple[Roles, int]] = {}
        self._places: defaultdict[Role, list[int]] = defaultdict(list)
        starting, ending, places = self._starting, self._ending, self._places
        for roles, first, last in self._index.find(text):
            starting[first] = (roles, last)
            if last not in ending:
                ending[last] = (roles, first)
            for role in _PLACED_OF[roles]:
                places[role].append(first)

    # One word.

    def roles(self, word: int) -> Roles:
        """Of the phrase that begins at a word."""
        return self._starting.get(word, (NO_ROLES, word))[0]

    def own_roles(self, word: int) -> Roles:
        """Of the word alone, whatever phrase it is part of."""
        return self._index.get(self.text.words[word]) or NO_ROLES

    def roles_ending_at(self, word: int) -> Roles:
        return self._ending.get(word, (NO_ROLES, word))[0]

    # The neighbours of a word.

    def before(self, word: int) -> Roles:
        """The roles of what stands right before a word, over fillers, up to a pause; a label has a colon."""
        found: set[Role] = set()
        while word > 0 and not self.text.breaks[word]:
            roles, first = self._ending.get(word - 1, (NO_ROLES, word - 1))
            found |= roles
            if Role.FILLER not in roles:
                return frozenset(found)
            word = first
        if word > 0 and ":" in self.text.gap(word):
            found |= self.roles_ending_at(word - 1) & {Role.LABEL}
        return frozenset(found)

    def after(self, word: int) -> Roles:
        """The roles of what stands right after a word, over fillers and one pair of brackets."""
        following = self._after_brackets(word + 1)
        found: set[Role] = set()
        for step in range(3):
            if following >= len(self.text) or (step and self.text.breaks[following]):
                break
            if self.text.breaks[following] and following == word + 1:
                break
            roles, last = self._starting.get(following, (NO_ROLES, following))
            found |= roles
            if Role.FILLER not in roles or roles & _STOPS:
                break
            following = last + 1
        return frozenset(found)

    def _after_brackets(self, word: int) -> int:
        """The word itself, or the first after the brackets that open before it: "React (Vite) frontend"."""
        if word >= len(self.text) or "(" not in self.text.gap(word):
            return word
        closing = (at for at in range(word + 1, min(word + 5, len(self.text))) if ")" in self.text.gap(at))
        return next(closing, word)

    # Stretches of words.

    def sentence(self, word: int) -> Span:
        return self._stretch(word, Break.SENTENCE)

    def clause(self, word: int) -> Span:
        """A stretch without a pause and without a "but"."""
        first, end = self._stretch(word, Break.PAUSE)
        contrasts = self._places[Role.CONTRAST]
        at = bisect_left(contrasts, word)
        if at and contrasts[at - 1] > first:
            first = contrasts[at - 1]
        if at < len(contrasts) and contrasts[at] < end:
            end = contrasts[at]
        return first, end

    def _stretch(self, word: int, least: Break) -> Span:
        breaks = self.text.breaks
        first, end = word, word + 1
        while first > 0 and breaks[first] < least and word - first < _LONGEST_STRETCH:
            first -= 1
        while end < len(breaks) and breaks[end] < least and end - word < _LONGEST_STRETCH:
            end += 1
        return first, end

    def places(self, role: Role, first: int = 0, end: int | None = None) -> list[int]:
        """The words from `first` on and before `end` at which a phrase of the role begins."""
        places = self._places[role]
        return places[bisect_left(places, first) : len(places) if end is None else bisect_left(places, end)]

    def has(self, role: Role, first: int = 0, end: int | None = None) -> bool:
        return bool(self.places(role, first, end))
