"""The Redis of this run."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench_jobs.processes import NotMeasured, child

from bench_limits import FOLDER, PORT
from codegen_site.up.servers import redis_server


@contextmanager
def redis_of_this_run() -> Iterator[None]:
    server = redis_server(port=PORT)
    environment = server.environment(os.environ)
    with child(server.argv, env=environment, cwd=FOLDER, log=FOLDER / "redis.log") as process:
        deadline = time.monotonic() + server.patience_s
        while server.ready and not asyncio.run(server.ready()):
            if process.poll() is not None or time.monotonic() > deadline:
                raise NotMeasured("Redis did not start")
            time.sleep(0.05)
        yield
