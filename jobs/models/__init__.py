from jobs.models.fairness import LiveWorker, OwnerWeight
from jobs.models.job import Job, JobQuerySet
from jobs.models.step import Step

__all__ = ["Job", "JobQuerySet", "LiveWorker", "OwnerWeight", "Step"]
