from jobs.models.job import Job, JobQuerySet
from jobs.models.schedule_state import ScheduleState
from jobs.models.schedule_tick import ScheduleTick

__all__ = ["Job", "JobQuerySet", "ScheduleState", "ScheduleTick"]
