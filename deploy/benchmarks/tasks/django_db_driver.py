import django_db_tasks
from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from slices import in_slices


def enqueue(kind, index):
    getattr(django_db_tasks, kind).enqueue(index)


def enqueue_many(kind, indices):
    for some in in_slices(indices, 100):
        with transaction.atomic():
            for index in some:
                enqueue(kind, index)


def settle():
    pass


def stored():
    return DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL).count()
