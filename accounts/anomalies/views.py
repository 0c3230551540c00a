"""`/api/v1/organization/anomalies`: what follows from what is not as it always was."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actor import Actor
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
from accounts.authentication import actor_of, organization_of
from accounts.models import AnomalyKind, AnomalyPolicy, Organization
from accounts.organizations.roles import Permission
from accounts.organizations.services import lock_organization
from accounts.strict import StrictSerializer


class AnomalyPolicySerializer(StrictSerializer):
    suspend_key_on = serializers.ListField(
        child=serializers.ChoiceField(choices=AnomalyKind.choices),
        max_length=len(AnomalyKind),
        help_text="The kinds for which the key is suspended. Owners and webhooks are told of every finding.",
    )


@transaction.atomic
def change_policy(*, organization: Organization, suspend_key_on: list[str], by: Actor) -> AnomalyPolicy:
    locked = lock_organization(organization)
    policy, _is_new = AnomalyPolicy.objects.get_or_create(organization=locked)
    before = {"suspend_key_on": policy.suspend_key_on}
    policy.suspend_key_on = sorted(set(suspend_key_on))
    policy.save()
    after = {"suspend_key_on": policy.suspend_key_on}
    record_deed(Action.ANOMALY_POLICY_CHANGED, locked, by=by, before=before, after=after)
    return policy


class AnomalyPolicyView(GenericAPIView[AnomalyPolicy]):
    """What follows from an anomaly. `GET /api/v1/audit?action=anomaly.found` lists those that were found."""

    serializer_class = AnomalyPolicySerializer
    required_scopes = {"GET": Permission.ORGANIZATION_READ, "PATCH": Permission.KEY_MANAGE_ALL}

    @extend_schema(operation_id="get_anomaly_policy")
    def get(self, request: Request) -> Response:
        return Response(_show(AnomalyPolicy.objects.filter(pk=organization_of(request).pk).first()))

    @extend_schema(operation_id="update_anomaly_policy")
    def patch(self, request: Request) -> Response:
        """Say for which kinds a key is suspended."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        policy = change_policy(
            organization=organization_of(request),
            suspend_key_on=serializer.validated_data["suspend_key_on"],
            by=actor_of(request),
        )
        return Response(_show(policy))


def _show(policy: AnomalyPolicy | None) -> dict[str, Any]:
    return {"suspend_key_on": policy.suspend_key_on if policy else []}
