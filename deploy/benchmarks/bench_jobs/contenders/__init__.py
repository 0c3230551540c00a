"""All that take part, ours first."""

from bench_jobs.contenders import celery, django_db, dramatiq, ours, procrastinate, taskiq

CONTENDERS = (
    *ours.CONTENDERS,
    *celery.CONTENDERS,
    *dramatiq.CONTENDERS,
    *taskiq.CONTENDERS,
    *procrastinate.CONTENDERS,
    *django_db.CONTENDERS,
)
GROUPS = tuple(dict.fromkeys(contender.group for contender in CONTENDERS))
