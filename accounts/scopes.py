from django.db import models


class Scope(models.TextChoices):
    """What a caller may do. A view names the scope that each of its methods needs."""

    GENERATE = "generate", "Start generations"
    READ = "read", "Read generations and their files"
    JOBS = "jobs", "Follow and cancel jobs"
    BATCHES = "batches", "Start, follow and cancel batches, and read their results"
    WEBHOOKS = "webhooks", "Manage webhooks and read their deliveries"
    USAGE = "usage", "Read usage, costs and quotas"


# Not webhooks: they carry the events of the whole organization to an address of the caller's choice.
# Not usage: it tells what everybody else in the organization does.
DEFAULT_SCOPES = (Scope.GENERATE, Scope.READ, Scope.JOBS, Scope.BATCHES)
