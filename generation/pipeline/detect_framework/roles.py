"""What a phrase means for the names of software around it: the tables of `wording/`."""

from enum import StrEnum, auto


class Role(StrEnum):
    """`…_BEFORE` and `…_AFTER` stand beside a name, the others anywhere in its clause or sentence."""

    # what is not wanted
    REFUSED_BEFORE = auto()
    REFUSED_AFTER = auto()
    NEGATION = auto()
    REFUSABLE = auto()
    POSTPONED = auto()
    # what is to be built with
    INSTRUMENT_BEFORE = auto()
    INSTRUMENT_AFTER = auto()
    FIRM_BEFORE = auto()
    LEANING_BEFORE = auto()
    ONLY_BEFORE = auto()
    PERSONA_BEFORE = auto()
    ACCEPTED_AFTER = auto()
    LABEL = auto()
    HALF = auto()
    PRODUCT_AFTER = auto()
    TECHNICAL_AFTER = auto()
    # from one stack to another
    MOVE = auto()
    WISH = auto()
    FROM_BEFORE = auto()
    FROM_AFTER = auto()
    TO_BEFORE = auto()
    TO_AFTER = auto()
    TAKES_OVER = auto()
    SOURCE_BEFORE = auto()
    CONVERTER = auto()
    # what is only spoken of
    EXISTING = auto()
    STATE = auto()
    COMPARED_BEFORE = auto()
    COMPARED_AFTER = auto()
    ASIDE_BEFORE = auto()
    TOPIC_BEFORE = auto()
    TOPIC_AFTER = auto()
    FEATURE_AFTER = auto()
    LIBRARY_AFTER = auto()
    EXPERIENCE_BEFORE = auto()
    THAT = auto()
    PURPOSE = auto()
    PERSON = auto()
    # the rest of the sentence
    ORDER = auto()
    TECHNICAL = auto()
    CLIENT = auto()
    PLAIN = auto()
    CONTRAST = auto()
    LIST = auto()
    FILLER = auto()
    COMMON = auto()
