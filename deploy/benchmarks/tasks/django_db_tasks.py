from django_tasks import task
from recorder import record


@task()
def noop(index):
    record(index)
