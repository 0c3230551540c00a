import structlog

from codegen_site.tests.planted.secrets import CONFESSION, PROMPT
from jobs.task import task


@task(max_attempts=1)
def confess() -> None:
    raise RuntimeError(CONFESSION)


@task(max_attempts=1)
async def confess_in_private() -> None:
    structlog.contextvars.bind_contextvars(private=True)
    raise RuntimeError(PROMPT)
