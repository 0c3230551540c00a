"""A fence whose content begins as JSON does: files are looked for in it, before it is one itself."""

from collections.abc import Iterator

from generation.frameworks.languages import language_named, language_of_path
from generation.pipeline.extract_code.draft import Setting
from generation.pipeline.extract_code.fenced_block import FencedBlock
from generation.pipeline.extract_code.fences import Fence
from generation.pipeline.extract_code.json_block import JsonBlock
from generation.pipeline.extract_code.source import Source
from generation.pipeline.records import ExtractionEvent

_LANGUAGES = frozenset({"", "text", "json", "jsonc", "jsonl"})


def may_hold_files(fence: Fence, setting: Setting) -> bool:
    """A block that has a name is the file of that name, whatever is in it."""
    word, name = setting.language or "", setting.name
    if fence.quotes or (language_named(word) or word) not in _LANGUAGES:
        return False
    return name is None or not (name.is_sure or language_of_path(name.path) == "json")


class JsonFence:
    refused = ""

    def __init__(self, fence: Fence, setting: Setting) -> None:
        self._json = JsonBlock(setting.seen, mark=fence.mark)
        self._fenced = FencedBlock(fence, setting)

    @property
    def opener(self) -> str:
        return self._fenced.opener

    @property
    def is_done(self) -> bool:
        return self._fenced.is_done

    @property
    def holds_file(self) -> bool:
        return self._json.holds_file or self._fenced.holds_file

    def read(self, source: Source) -> Iterator[ExtractionEvent]:
        if not self._json.is_done:
            yield from self._json.read(source)
            if not self._json.is_done:
                return
            if self._json.refused:
                source.unread(self._json.refused)
            else:
                self._fenced.dismiss()
        yield from self._fenced.read(source)

    def end(self) -> Iterator[ExtractionEvent]:
        if not self._json.is_done:
            yield from self._json.end()
            rest = Source()
            rest.feed(self._json.refused)
            rest.close()
            yield from self._fenced.read(rest)
        if not self._json.holds_file and not self._fenced.is_done:
            yield from self._fenced.end()
