from django.db import models


class LockOut(models.Model):
    """Attempts that failed or are under way; until `blocked_until` no other is looked at."""

    class Kind(models.TextChoices):
        ADDRESS = "address", "Logins from a network address"
        ACCOUNT = "account", "Logins to an account from unknown devices"
        DEVICE = "device", "Logins to an account from a device that it was used on"
        CODE = "code", "Codes of a second factor"
        LETTER = "letter", "E-mails that anybody can have sent to an address"
        ASKER = "asker", "E-mails that were asked for from a network address"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject = models.CharField(max_length=254)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-failed_at",)
        constraints = (models.UniqueConstraint(fields=("kind", "subject"), name="lock_out_once"),)
        indexes = (models.Index(fields=["failed_at"], name="lock_out_age"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"
