from jobs.models.fairness import LiveWorker, OwnerWeight
from jobs.models.job import Job, JobQuerySet
from jobs.models.schedule_state import ScheduleState
from jobs.models.schedule_tick import ScheduleTick
from jobs.models.step import Step

__all__ = ["Job", "JobQuerySet", "LiveWorker", "OwnerWeight", "ScheduleState", "ScheduleTick", "Step"]
