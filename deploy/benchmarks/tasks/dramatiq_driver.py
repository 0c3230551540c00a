import dramatiq_tasks


def enqueue(kind, index):
    getattr(dramatiq_tasks, kind).send(index)


def enqueue_many(kind, indices):
    for index in indices:
        enqueue(kind, index)


def settle():
    pass


def stored():
    return None
