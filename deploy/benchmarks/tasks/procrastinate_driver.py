import procrastinate_tasks
from slices import in_slices

procrastinate_tasks.app.open()
_connector = procrastinate_tasks.app.connector.get_sync_connector()


def enqueue(kind, index):
    getattr(procrastinate_tasks, kind).defer(index=index)


def enqueue_many(kind, indices):
    for some in in_slices(indices, 1000):
        getattr(procrastinate_tasks, kind).batch_defer(*({"index": index} for index in some))


def settle():
    pass


def stored():
    query = "SELECT count(*) AS count FROM procrastinate_jobs WHERE status = 'succeeded'"
    return _connector.execute_query_one(query)["count"]
