"""The texts that models are asked with, in versions: who made them, and which of them are in use."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class PromptVersion(models.Model):
    """A set of prompt texts by the name of their template. Only a draft is ever changed.

    Without an active one, the texts in templates/prompts are in use; so they are for a text that is lacking.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        # It gets `share` percent of the traffic, and the active one the rest.
        CANDIDATE = "candidate"
        ACTIVE = "active"
        RETIRED = "retired"
        # A copy of what Langfuse had under a label; `seen_at` tells which copy is the newest.
        MIRRORED = "mirrored"

    SERVED: ClassVar = (State.ACTIVE, State.CANDIDATE)

    name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    share = models.PositiveSmallIntegerField(default=0, editable=False)
    texts = models.JSONField(default=dict, editable=False)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    activated_at = models.DateTimeField(null=True, blank=True, editable=False)
    label = models.CharField(max_length=60, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="active"), name="prompts_one_active"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="candidate"), name="prompts_one_candidate"
            ),
            models.UniqueConstraint(
                fields=["label", "digest"], condition=Q(state="mirrored"), name="prompts_mirrored_once"
            ),
            models.CheckConstraint(
                condition=Q(state="candidate", share__range=(1, 100)) | (~Q(state="candidate") & Q(share=0)),
                name="prompts_share_of_candidate",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT
