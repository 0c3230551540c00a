"""The text between blocks: told to the reader, and asked for the name of what follows."""

from generation.pipeline.extract_code.labels import MAX_LABEL, label
from generation.pipeline.extract_code.names import Name, base_name
from generation.pipeline.extract_code.paths import may_hold_path, path_words
from generation.pipeline.extract_code.rules import is_rule, may_frame_code
from generation.pipeline.extract_code.sentences import mention
from generation.pipeline.records import MessageDelta

_MAX_BLANK = 20  # lines between a label and its block
_BLANK = "> \t\r\n"  # a mark of a quote alone is as good as nothing


class Prose:
    """Holds back the last line that is not blank: if it is only the label of a block, it is not told."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._held: list[str] = []
        self._nearest = ""
        self._section = ""
        self._is_new = True
        self._is_taken = False
        # Code with nothing around it may begin now: at the start, but for a label, and below a rule.
        self.may_be_bare = True
        self.is_framed = False

    @property
    def nearest(self) -> str:
        """The last line that is not blank, as far as it can name what comes below it."""
        return self._nearest[:MAX_LABEL]

    def add(self, line: str) -> None:
        if not line.strip(_BLANK):
            self._add_blank(line)
        elif is_rule(line):
            self._add_rule(line)
        else:
            self._told += self._held
            self._held = [line]
            self._nearest = line
            self.is_framed = self._is_taken = False
            self.may_be_bare = self._is_new and label(line) is not None
            self._is_new = False
            if line.startswith("#") or (line.lstrip().startswith("**") and label(line)):
                self._section = line

    def add_rest(self, text: str) -> None:
        """More of a line that is too long to name anything."""
        self._told += [*self._held, text]
        self._held = []

    def name(self) -> Name | None:
        """The name that the nearest line gives to the block which opens now, or else its section."""
        if may_hold_path(self._nearest):
            if path := label(self._nearest):
                return Name(path, "label")
            if (name := mention(self._nearest)) or path_words(self.nearest):
                return name
        path = label(self._section) if self._section else None
        return Name(path, "section", is_whole=False) if path else None

    def label_of(self, path: str | None) -> str:
        """The label that a block of this path takes over: it is told with the block, or not at all."""
        labelled = label(self._nearest) if path else None
        self._is_taken = labelled is not None and base_name(labelled) == base_name(path or "")
        return "".join(self._held) if self._is_taken else ""

    def leave(self) -> list[MessageDelta]:
        """A block opens. But for its label, what was said above it is told."""
        if not self._is_taken:
            self._told += self._held
        self._held = []
        self._nearest = ""
        self._is_new = self.is_framed = self.may_be_bare = self._is_taken = False
        return self.tell()

    def leave_section(self) -> None:
        """A file was found in it: what comes next is named by something else."""
        self._section = ""

    def tell(self) -> list[MessageDelta]:
        """What can be told by now."""
        told, self._told = "".join(self._told), []
        return [MessageDelta(text=told)] if told else []

    def end(self) -> list[MessageDelta]:
        self._told += self._held
        self._held = []
        return self.tell()

    def _add_blank(self, line: str) -> None:
        if not self._held:
            self._told.append(line)
            return
        self._held.append(line)
        if len(self._held) > _MAX_BLANK:
            self._told += self._held
            self._held = []

    def _add_rule(self, line: str) -> None:
        """Directly under a title a rule belongs to it; elsewhere it ends what was said."""
        self.is_framed = self.may_be_bare = may_frame_code(line)
        is_underline = len(self._held) == 1
        self._held.append(line)
        if not is_underline:
            self._told += self._held
            self._held, self._nearest = [], ""
