"""A run of the pipeline with a model that follows a script, folded into what a client would see."""

import asyncio
from dataclasses import dataclass, field

from generation.pipeline import events
from generation.pipeline.records import CallPurpose, EditFormat, ParentProject, ProjectFile, Result
from generation.pipeline.run import run_pipeline
from generation.prompts.builtin import builtin_texts
from generation.tests.pipeline.requests import ScriptedModel, make_request


@dataclass(kw_only=True)
class Run:
    """`told` is what the file events say, `result` what comes at last."""

    result: Result
    purposes: list[CallPurpose] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)

    @property
    def contents(self) -> dict[str, str]:
        return {file.path: file.content for file in self.result.files}

    @property
    def rules(self) -> list[str]:
        return [check.rule for check in self.result.checks]


def run(model: ScriptedModel, *, is_last_try: bool = False, **values: object) -> Run:
    async def collect() -> list[events.PipelineEvent]:
        pipeline = run_pipeline(
            make_request(**values),  # type: ignore[arg-type]
            model=model,
            texts=builtin_texts(),
            is_last_try=is_last_try,
        )
        return [event async for event in pipeline]

    return _fold(asyncio.run(collect()), model)


def _fold(told: list[events.PipelineEvent], model: ScriptedModel) -> Run:
    last = told[-1]
    assert isinstance(last, events.ResultReady)
    run = Run(result=last.result, questions=[call.messages[-1].content for call in model.calls])
    for event in told:
        match event:
            case events.CallStarted(purpose=purpose):
                run.purposes.append(purpose)
            case events.FileOpened(path=path):
                run.told[path] = ""
            case events.FileDelta(path=path, text=text):
                run.told[path] += text
            case events.FileDropped(path=path):
                del run.told[path]
    return run


def parent(edit_format: EditFormat = "search_replace", **files: str) -> ParentProject:
    """Keywords are paths with `__` for a slash and `_` for a dot before the suffix: `src__app_py`."""
    return ParentProject(
        id="parent",
        edit_format=edit_format,
        files=tuple(
            ProjectFile(path=_path(name), language="text", content=content) for name, content in files.items()
        ),
    )


def _path(name: str) -> str:
    folder, _, file = name.replace("__", "/").rpartition("/")
    stem, _, suffix = file.rpartition("_")
    return f"{folder}/{stem}.{suffix}" if folder else f"{stem}.{suffix}"
