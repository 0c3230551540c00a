"""A prompt, read: its prose as words, and what it says of each name of software."""

from collections.abc import Mapping
from dataclasses import dataclass

from generation.frameworks import Framework
from generation.pipeline.detect_framework.marks import Marks
from generation.pipeline.detect_framework.prose import prose_of, scanned_part
from generation.pipeline.detect_framework.roles import Role
from generation.pipeline.detect_framework.stances import Judged, judge
from generation.pipeline.detect_framework.things import Thing, first_thing, thing_asked_for, things_in
from generation.pipeline.detect_framework.vocabulary import Vocabulary, vocabulary_of
from generation.pipeline.detect_framework.wording import ENGLISH, language_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """`prose` is the prompt with blanks in the place of its code."""

    prompt: str
    prose: str
    marks: Marks
    things: list[Thing]
    judged: list[Judged]
    is_corrected: bool = False

    @property
    def thing(self) -> Thing | None:
        """What is asked for."""
        return thing_asked_for(self.things, self.marks.places(Role.ORDER))

    @property
    def unwanted(self) -> set[str]:
        wanted = {judged.slug for judged in self.judged if judged.stance == "wanted"}
        return {judged.slug for judged in self.judged} - wanted


def read_prompt(prompt: str, frameworks: Mapping[str, Framework]) -> Reading:
    vocabulary = vocabulary_of(frameworks)
    prompt = scanned_part(prompt)
    prose = prose_of(prompt)
    text = vocabulary.cut(prose)
    things = things_in(text)
    marks = Marks(text, language_of(text), first_thing(things))
    return Reading(prompt=prompt, prose=prose, marks=marks, things=things, judged=judge(marks, vocabulary))


def correct_spelling(reading: Reading, vocabulary: Vocabulary) -> Reading | None:
    """The same prompt read again with names in the place of what is nearly one; None if there is nothing."""
    marks = reading.marks
    known = {
        word for judged in reading.judged for word in range(judged.mention.first, judged.mention.last + 1)
    }
    known |= {word for word in range(len(marks.text)) if marks.roles(word)}
    text = vocabulary.spelling.correct(marks.text, known, is_inflected=marks.language != ENGLISH)
    if text is None:
        return None
    marks = Marks(text, marks.language, marks.first_thing)
    return Reading(
        prompt=reading.prompt,
        prose=reading.prose,
        marks=marks,
        things=reading.things,
        judged=judge(marks, vocabulary),
        is_corrected=True,
    )
