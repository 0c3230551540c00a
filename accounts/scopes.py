from django.db import models


class Scope(models.TextChoices):
    """What a key may be used for. `accounts/organizations/roles.py` says what belongs to which scope."""

    GENERATE = "generate", "Start generations"
    READ = "read", "Read generations and their files"
    JOBS = "jobs", "Follow and cancel jobs"
    BATCHES = "batches", "Start, follow and cancel batches, and read their results"
    WEBHOOKS = "webhooks", "Manage webhooks and read their deliveries"
    USAGE = "usage", "Read what was used and what it cost"
    ADMIN = "admin", "Manage the organization, its members and its keys"


# Not webhooks: they carry the events of the whole organization to an address of the caller's choice.
# Not usage: it tells what everybody else in the organization does.
DEFAULT_SCOPES = (Scope.GENERATE, Scope.READ, Scope.JOBS, Scope.BATCHES)
