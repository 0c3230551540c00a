from jobs.admin.fairness import LiveWorkerAdmin, OwnerWeightAdmin, StepAdmin
from jobs.admin.job import JobAdmin
from jobs.admin.schedules import ScheduleAdmin, ScheduleTickAdmin

__all__ = [
    "JobAdmin",
    "LiveWorkerAdmin",
    "OwnerWeightAdmin",
    "ScheduleAdmin",
    "ScheduleTickAdmin",
    "StepAdmin",
]
