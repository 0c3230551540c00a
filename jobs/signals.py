"""What the owners of jobs are told, beyond the signals of Django's tasks contract."""

from django.dispatch import Signal

# Arguments: job. Sent in the transaction that makes a dead job ready again; a receiver for which that
# makes no sense raises `RetryRefused`, and the job stays as it was.
job_retried = Signal()
# Arguments: operation, job_ids. What operators have done to jobs, in the transaction in which they did.
jobs_operated = Signal()
