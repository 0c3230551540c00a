from django.db import models


class AuditChain(models.Model):
    """How far a chain of entries has come, signed: who cannot sign cannot cut it off, nor make it anew.

    What stood up to `pruned_to` was kept for long enough and is gone; nothing of it is younger than
    `pruned_until`. It is verified from behind `start`: that, or where an operator let it go on after a break.
    """

    name = models.CharField(primary_key=True, max_length=36)
    position = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    pruned_to = models.PositiveBigIntegerField(default=0)
    pruned_until = models.DateTimeField(null=True)
    start = models.PositiveBigIntegerField(default=0)
    start_hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    # Which of the installation's secrets it is signed with.
    signed_with = models.CharField(max_length=16)
    anchored_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} up to {self.position}"


class AuditAnchor(models.Model):
    """Where a chain was at a time, signed: kept beside the chain, and told to the log of the service."""

    chain = models.CharField(max_length=36)
    position = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    signature = models.CharField(max_length=64)
    signed_with = models.CharField(max_length=16)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["chain", "position"], name="audit_anchor_once")]

    def __str__(self) -> str:
        return f"{self.chain} at {self.position}"
