import os
from slices import in_slices

import procrastinate
import procrastinate_tasks

_connector = procrastinate.SyncPsycopgConnector(conninfo=os.environ["DATABASE_URL"])
_app = procrastinate_tasks.app.with_connector(_connector)
_app.open()


def enqueue(kind, index):
    _app.tasks[f"procrastinate_tasks.{kind}"].defer(index=index)


def enqueue_many(kind, indices):
    task = _app.tasks[f"procrastinate_tasks.{kind}"]
    for some in in_slices(indices, 1000):
        task.batch_defer(*({"index": index} for index in some))


def settle():
    pass


def stored():
    query = "SELECT count(*) AS count FROM procrastinate_jobs WHERE status = 'succeeded'"
    return _connector.execute_query_one(query)["count"]
