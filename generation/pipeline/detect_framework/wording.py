"""How people say that they want something, do not want it, or come from it. Lists of words, made patterns."""

import re

_FLAGS = re.IGNORECASE


def _any(words: str) -> str:
    """One of the words; `_` stands for a space, `*` for the rest of a word."""
    return "|".join(word.replace("_", r"\s+").replace("*", r"\w*") for word in words.split())


_FILLERS = _any(
    """
    use using any a an the it in utiliser usar want need be heavy like framework frameworks libraries written
    native plain vanilla our my old legacy modern pure idiomatic
    """
)

REFUSES = re.compile(
    r"(?:\b(?:"
    + _any(
        """
        no not without instead_of rather_than don['’]?t_use don['’]?t_want don['’]?t_need do_not_use do_not_want
        do_not_need avoid avoiding except other_than never neither nor unlike ditch non hate skip against
        tired_of sick_of anything_but ohne kein keine keinen statt sans pas_de sin sem senza bez без не
        """
    )
    + rf")\b|不用|不要|不使用|别用|非|代わりに)(?:\s+(?:{_FILLERS}))*(?:用|使用)?\s*[\"'`(]?$",
    _FLAGS,
)
REFUSED_AFTER = re.compile(
    r"^\s*(?:(?:is_not|isn['’]t|are_not|is_forbidden|is_too_heavy|not_allowed|is_off_the_table|is_out)\b|-free\b"
    r"|は使わ|は使用しない|を使わ|なし|없이|不要)".replace("_", r"\s+"),
    _FLAGS,
)
COMPARES = re.compile(
    r"\b(?:"
    + _any(
        """
        like similar_to such_as inspired_by coming_from familiar_with compared_to compared_with versus vs vs\\.
        than background_in used_to know knows about call calls talk_to talks_to consumed_by consume_by existing
        already_have über sobre
        """
    )
    + r")\s+(?:an?\s+|the\s+|our\s+|my\s+)?$",
    _FLAGS,
)

# From one stack to another.
MOVES = re.compile(
    r"\b(?:"
    + _any(
        """
        convert* migrat* port ported porting rewrit* re-writ* translat* refactor* transform* switch* move moving
        turn replac* reimplement* upgrad* transpil* recreat* chang* make_it convier* traduc* migr* umschreib*
        portier* конверт* перепис*
        """
    )
    + r")\b|转换|改写|迁移|重写|移植|変換|移行|書き換え|변환",
    _FLAGS,
)
FROM = re.compile(
    rf"(?:\b(?:{_any('from off out_of von de desde из с')})\s+(?:(?:{_FILLERS})\s+)*|从|把|将)$", _FLAGS
)
TO = re.compile(
    rf"(?:\b(?:{_any('to into in onto as with for nach auf zu en vers para a на в make_it')})\s+"
    rf"(?:(?:{_FILLERS})\s+)*|成|到|为|用)$",
    _FLAGS,
)
MOVES_ON = re.compile(r"\s+(?:\w+\s+){0,3}(?:to|into)\b", _FLAGS)

LISTED = re.compile(rf"^(?:\s|[,/&、或和]|\b(?:{_any('or nor and ou und oder')})\b)*$", _FLAGS)
SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[;\n。！？]")

# A word with another meaning ("express", "go") counts next to one of these.
BEFORE_DOUBTFUL = re.compile(
    r"(?:\b(?:"
    + _any(
        """
        in using use uses with via into framework language a an the and or plus of for by to from not no without
        """
    )
    + r")|[,/+&(:])\s*$",
    _FLAGS,
)
AFTER_DOUBTFUL = re.compile(
    r"^(?:['’]s)?[\s,/-]*(?:(?:web|rest|http|cli|client|mobile|single|landing|typescript|ts|native|simple|small)\W+)?(?:"
    + _any(
        """
        app apps application applications project projects component components hook hooks server servers api apis
        backend back-end frontend front-end code program programs programming script scripts function functions
        module modules package packages crate crates framework developer service services microservice
        microservices router routes? middleware websites? site page dashboard tool library structs? bot game form
        widget templates? blueprints? views? binary context codebase controller compiler lang language port version
        implementation class based cli todo native with
        """
    )
    + r")\b",
    _FLAGS,
)
OTHER_MEANING = re.compile(
    r"^(?:[\s-]*(?:"
    + _any(
        """
        to when times? quickly through back home karts? fish ahead over on out away beyond live for deliver*
        shipping trains? checkout lane yourself entry mail sales? seasons? break collections? cleaning festival
        water rolls? flowers? mass constant removal belt colou?rs? background principles? state black white wood
        ground gold volume of and_rest transfers? payments? codes? bic taylor tracks? company concerts? board
        players? stones? sleeve line response
        """
    )
    + r")\b|[A-Za-z'’&])",
    _FLAGS,
)
NOT_SOFTWARE = re.compile(
    r"^\s+(?:"
    + _any(
        """
        owners? snakes? weddings? momentum velocity acceleration frequency distance jewel* rings? coffee island
        anniversar* slippers grades? vitamin minor major
        """
    )
    + r")\b",
    _FLAGS,
)
BEFORE_LETTER = re.compile(r"\b(?:in|using|with|of|into|plain|pure|ansi|from|or)\s*$", _FLAGS)
ARTICLE = re.compile(r"\b(?:to|a|the|of)\s*$", _FLAGS)
