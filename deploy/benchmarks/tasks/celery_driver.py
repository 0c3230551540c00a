import celery_tasks
import redis

_redis = redis.Redis.from_url(celery_tasks.app.conf.broker_url)


def enqueue(kind, index):
    getattr(celery_tasks, kind).delay(index)


def enqueue_many(kind, indices):
    task = getattr(celery_tasks, kind)
    with celery_tasks.app.producer_pool.acquire(block=True) as producer:
        for index in indices:
            task.apply_async((index,), producer=producer)


def settle():
    pass


def stored():
    return sum(1 for _ in _redis.scan_iter("celery-task-meta-*", count=1000))
