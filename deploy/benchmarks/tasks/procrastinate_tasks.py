import asyncio
import os

import procrastinate
from recorder import record

app = procrastinate.App(
    connector=procrastinate.PsycopgConnector(conninfo=os.environ["DATABASE_URL"], min_size=4, max_size=20)
)


@app.task
async def noop(index):
    record(index)


@app.task
async def sleep(index):
    record(index)
    await asyncio.sleep(1)
    record(~index)
