from django.db import models

from accounts.models.organization import Organization


class RetentionPolicy(models.Model):
    """For how many days an organization keeps what it has, by class; None: as the installation does."""

    organization = models.OneToOneField(
        Organization, primary_key=True, on_delete=models.CASCADE, related_name="retention_policy"
    )
    prompts_days = models.PositiveIntegerField(null=True, blank=True)
    files_days = models.PositiveIntegerField(null=True, blank=True)
    raw_answers_days = models.PositiveIntegerField(null=True, blank=True)
    events_days = models.PositiveIntegerField(null=True, blank=True)
    audit_days = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "retention policies"

    def __str__(self) -> str:
        return f"Retention of {self.organization_id}"
