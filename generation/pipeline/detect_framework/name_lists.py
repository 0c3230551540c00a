"""Names that stand in one list share what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from generation.pipeline.detect_framework.marks import Marks, Span
from generation.pipeline.detect_framework.roles import Role
from generation.pipeline.detect_framework.senses import are_listed
from generation.pipeline.detect_framework.text import Break
from generation.pipeline.detect_framework.vocabulary import Mention
from generation.pipeline.detect_framework.wording import ENGLISH, Roles

_TECHNICAL = frozenset({Role.PRODUCT_AFTER, Role.TECHNICAL_AFTER})
_LEADS = frozenset({Role.INSTRUMENT_BEFORE, Role.FIRM_BEFORE, Role.LABEL, Role.PERSONA_BEFORE})
_LABEL_ENDS = frozenset(":-–—")


@dataclass(eq=False, slots=True)
class NameList:
    """One name or several ("React, Vue or Svelte"), and the lists next to it.

    `is_target`: something is to be moved to them.
    """

    mentions: list[Mention]
    marks: Marks
    first: int = field(init=False)
    last: int = field(init=False)
    before: Roles = field(init=False)
    after: Roles = field(init=False)
    sentence: Span = field(init=False)
    clause: Span = field(init=False)
    previous: "NameList | None" = None
    following: "NameList | None" = None
    is_target: bool = False

    def __post_init__(self) -> None:
        self.first, self.last = self.mentions[0].first, self.mentions[-1].last
        self.before = self.marks.before(self.first)
        self.after = self.marks.after(_without_genitive(self.last, self.marks))
        self.sentence = self.marks.sentence(self.first)
        self.clause = self.marks.clause(self.first)

    @property
    def is_of_libraries(self) -> bool:
        return self.mentions[0].name.is_library

    @property
    def is_head(self) -> bool:
        """A sentence begins with it."""
        return self.first == 0 or self.marks.text.breaks[self.first] >= Break.SENTENCE

    @property
    def is_led(self) -> bool:
        """ "in React", "Frontend: React", "Django: a model …" """
        return (
            bool(self.before & _LEADS)
            or Role.INSTRUMENT_AFTER in self.after
            or (self.is_head and self._is_label())
        )

    @property
    def is_half(self) -> bool:
        """ "Vue for the UI", "on the backend Django" """
        first, end = self.clause
        return self.marks.has(Role.HALF, max(first, self.first - 4), self.first) or self.marks.has(
            Role.HALF, self.last + 1, min(end, self.last + 6)
        )

    @property
    def is_topic(self) -> bool:
        """ "a Python course" """
        return Role.TOPIC_AFTER in self.after and Role.ONLY_BEFORE not in self.before

    @property
    def is_product(self) -> bool:
        """ "React app", "aplicación React", "shell script", "React frontend" """
        if self.is_topic:
            return False
        if self.after & _TECHNICAL or self.is_half:
            return True
        if self.marks.language != ENGLISH and Role.PRODUCT_AFTER in self.before:
            return True
        mention = self.mentions[-1]
        return mention.first < mention.last and bool(self.marks.roles(mention.last) & _TECHNICAL)

    def _is_label(self) -> bool:
        text, after = self.marks.text, self.last + 1
        if after >= len(text) or text.breaks[after] != Break.PAUSE:
            return False
        return text.gap(after).strip() in _LABEL_ENDS


def name_lists(mentions: Sequence[Mention], marks: Marks) -> list[NameList]:
    listed: list[list[Mention]] = []
    for mention in mentions:
        if listed and are_listed(listed[-1][-1], mention, marks):
            listed[-1].append(mention)
        else:
            listed.append([mention])
    lists = [NameList(mentions, marks) for mentions in listed]
    for earlier, later in pairwise(lists):
        earlier.following, later.previous = later, earlier
    return lists


def _without_genitive(last: int, marks: Marks) -> int:
    """The "s" of "React's" is passed over."""
    text, after = marks.text, last + 1
    is_genitive = after < len(text) and text.words[after] == "s" and text.starts[after] == text.ends[last] + 1
    return after if is_genitive else last
