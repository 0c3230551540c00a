"""What is wrong with a set of prompt texts: each is rendered with the examples before anybody uses it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.template import Context, Template, TemplateSyntaxError
from django.template.defaulttags import ForNode

from generation.pipeline.build_prompt import ENCLOSED, TEMPLATES
from generation.pipeline.call_model import storable
from generation.prompts.examples import example_prompts
from generation.prompts.texts import ENGINE

MAX_TEXT_CHARS = 20_000
# What a tag or a filter raises for a value that it was not made for.
RENDERING_ERRORS = (TypeError, ValueError, LookupError, AttributeError, RecursionError, TemplateSyntaxError)


def problems_of(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """Sentences for each template that has something wrong with it. `sources` has a text for all of them."""
    problems: dict[str, list[str]] = {}
    templates: dict[str, Template] = {}
    for name in TEMPLATES:
        try:
            templates[name] = _compiled(name, sources[name])
        except (TemplateSyntaxError, RecursionError) as error:
            problems[name] = [f"{error}."]
    checked = _CheckedTexts(templates)
    for _ in example_prompts(checked):
        pass
    found = {name: list(dict.fromkeys(sentences)) for name, sentences in checked.problems.items()}
    return problems | {name: sentences for name, sentences in found.items() if sentences}


def _compiled(name: str, source: str) -> Template:
    if len(source) > MAX_TEXT_CHARS:
        raise TemplateSyntaxError(f"At most {MAX_TEXT_CHARS:,} characters; this text has {len(source):,}")
    if storable(source) != source:
        raise TemplateSyntaxError("There is a character in it that cannot be stored")
    template = Template(source, name=name, engine=ENGINE)
    for loop in template.nodelist.get_nodes_by_type(ForNode):
        if len(loop.get_nodes_by_type(ForNode)) > 1:
            raise TemplateSyntaxError("A loop within a loop makes a long prompt out of a short one")
    return template


class _CheckedTexts:
    """`PromptTexts` that notes what is wrong with each template that it renders."""

    version = "checked"

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self._templates = templates
        self.problems: dict[str, list[str]] = {name: [] for name in templates}

    def __call__(self, name: str, values: Mapping[str, object], /) -> str:
        if name not in self._templates:
            return ""
        watched = {key: _watched(value) for key, value in values.items()}
        context = _WatchedContext(watched, autoescape=False)
        try:
            text = str(self._templates[name].render(context))
        except _Misuse as misuse:
            self.problems[name].append(str(misuse))
            return ""
        except RENDERING_ERRORS as error:
            self.problems[name].append(f"It cannot be rendered: {error}.")
            return ""
        problems = [f"There is no value {missing!r}." for missing in sorted(context.missing)]
        self.problems[name] += [*problems, *_not_shown(name, values, text)]
        return text


class _WatchedContext(Context):
    """Notes the names that a template asks for and that are not there."""

    def __init__(self, values: dict[str, Any], *, autoescape: bool) -> None:
        super().__init__(values, autoescape=autoescape)
        self.missing: set[str] = set()

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError:
            self.missing.add(key)
            raise


class _Misuse(Exception):
    """No error that Django would take for a value that is not there."""


class _Text(str):
    """A value that may be shown and asked about as a whole: loops over it make much out of little."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        raise _Misuse("A text is a whole: there is no loop over it.")

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_"):
            raise _Misuse(f"A text is a whole: there is no {name!r} of it.")
        return super().__getattribute__(name)


class _Entry(dict[str, Any]):
    def __missing__(self, key: str) -> Any:
        raise _Misuse(f"There is no value {key!r}.")


def _watched(value: object) -> Any:
    if isinstance(value, str):
        return _Text(value)
    if isinstance(value, list):
        return [_watched(entry) for entry in value]
    if isinstance(value, Mapping):
        return _Entry({key: _watched(entry) for key, entry in value.items()})
    return value


def _not_shown(name: str, values: Mapping[str, object], text: str) -> Iterator[str]:
    for value_name in TEMPLATES[name]:
        shown = list(_shown_of(values[value_name]))
        if not all(part in text for part in shown):
            yield f"The value {value_name!r} has to be shown, unchanged."
        tag_name = ENCLOSED.get(value_name, "")
        if tag_name in values and not _is_enclosed(text, str(values[tag_name]), shown):
            tag = f"{{{{ {tag_name} }}}}"
            yield f"The value {value_name!r} has to stand between <{tag}> and </{tag}>."


def _shown_of(value: object) -> Iterator[str]:
    """The texts that make up a value: of a list, those of each entry, its fence too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from (part for key, part in entry.items() if isinstance(part, str) and key != "language")


def _is_enclosed(text: str, tag: str, shown: list[str]) -> bool:
    begin, end = text.rfind(f"<{tag}>\n"), text.rfind(f"</{tag}>")
    return 0 <= begin < min(map(text.rfind, shown)) < max(map(text.rfind, shown)) + 1 <= end
