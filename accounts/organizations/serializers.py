"""The shapes of organizations and of those who belong to them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Feature, Invitation, Membership, Organization, ServiceAccount, User
from accounts.organizations.roles import PERMISSIONS, Role
from accounts.strict import StrictCharField, StrictSerializer

MAX_ALLOWED = 200


class NamesField(serializers.ListField):
    """Without doubles, in the order of their names."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=StrictCharField(max_length=100), max_length=MAX_ALLOWED, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        return sorted(set(super().to_internal_value(data)))


class FeaturesField(NamesField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.child = serializers.ChoiceField(choices=Feature.choices)


class OrganizationSerializer(serializers.ModelSerializer[Organization]):
    object = serializers.SerializerMethodField()
    allowed_models = serializers.ListField(
        child=serializers.CharField(), help_text="Empty: all of GET /api/v1/models."
    )
    allowed_frameworks = serializers.ListField(
        child=serializers.CharField(), help_text="Empty: all of GET /api/v1/frameworks."
    )
    allowed_features = serializers.ListField(
        child=serializers.ChoiceField(choices=Feature.choices), help_text="Empty: all of them."
    )
    suspended = serializers.BooleanField(source="is_suspended")
    deletion_due_at = serializers.DateTimeField(
        allow_null=True, help_text="When it is deleted for good, unless that is undone before."
    )

    class Meta:
        model = Organization
        fields = [
            "id",
            "object",
            "name",
            "slug",
            "created_at",
            "allowed_models",
            "allowed_frameworks",
            "allowed_features",
            "suspended",
            "suspended_reason",
            "deletion_due_at",
        ]

    def get_object(self, organization: Organization) -> str:
        return "organization"


class OrganizationChangeSerializer(StrictSerializer):
    """Used with `partial=True`: what is left out stays."""

    name = StrictCharField(max_length=100)
    allowed_models = NamesField(help_text="Empty: all of GET /api/v1/models.")
    allowed_frameworks = NamesField(help_text="Empty: all of GET /api/v1/frameworks.")
    allowed_features = FeaturesField(help_text="Empty: all of them.")


class DeletionSerializer(StrictSerializer):
    confirm = StrictCharField(max_length=100, help_text="The slug of the organization.")


class MyOrganizationSerializer(serializers.ModelSerializer[Membership]):
    """An organization of somebody who is logged in, and what he may do there."""

    id = serializers.UUIDField(source="organization.id")
    object = serializers.SerializerMethodField()
    name = serializers.CharField(source="organization.name")
    slug = serializers.CharField(source="organization.slug", help_text="To be sent as X-Organization.")
    suspended = serializers.BooleanField(source="organization.is_suspended")
    permissions = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = ["id", "object", "name", "slug", "suspended", "role", "permissions"]

    def get_object(self, membership: Membership) -> str:
        return "organization"

    def get_permissions(self, membership: Membership) -> list[str]:
        return sorted(PERMISSIONS[Role(membership.role)])


class MemberSerializer(serializers.ModelSerializer[Membership]):
    object = serializers.SerializerMethodField()
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Membership
        fields = ["id", "object", "email", "role", "created_at"]

    def get_object(self, membership: Membership) -> str:
        return "member"


class RoleChangeSerializer(StrictSerializer):
    role = serializers.ChoiceField(choices=Role.choices)


class TransferSerializer(StrictSerializer):
    member = serializers.IntegerField(min_value=1, help_text="The id of the member who shall be an owner.")


def address_of(person: User | None) -> str | None:
    return person.email if person else None


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    object = serializers.SerializerMethodField()
    status = serializers.ChoiceField(choices=Invitation.Status.choices)
    invited_by = serializers.SerializerMethodField()

    class Meta:
        model = Invitation
        fields = [
            "id",
            "object",
            "email",
            "role",
            "status",
            "invited_by",
            "created_at",
            "sent_at",
            "expires_at",
            "accepted_at",
        ]

    def get_object(self, invitation: Invitation) -> str:
        return "invitation"

    @extend_schema_field(serializers.EmailField(allow_null=True))
    def get_invited_by(self, invitation: Invitation) -> str | None:
        return address_of(invitation.created_by)


class StrictEmailField(serializers.EmailField, StrictCharField):
    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()


class InvitationRequestSerializer(StrictSerializer):
    email = StrictEmailField(max_length=254)
    role = serializers.ChoiceField(choices=Role.choices, default=Role.DEVELOPER)


class AcceptSerializer(StrictSerializer):
    token = StrictCharField(max_length=100, help_text="What stands behind # in the link of the e-mail.")
    password = StrictCharField(
        required=False,
        allow_null=True,
        max_length=128,
        trim_whitespace=False,
        style={"input_type": "password"},
        help_text="For an account that is made with it, where the address has none.",
    )


class AcceptedInvitationSerializer(serializers.Serializer[Any]):
    organization = serializers.CharField(help_text="Its slug, to be sent as X-Organization.")
    role = serializers.ChoiceField(choices=Role.choices)


class ServiceAccountSerializer(serializers.ModelSerializer[ServiceAccount]):
    object = serializers.SerializerMethodField()
    created_by = serializers.SerializerMethodField()

    class Meta:
        model = ServiceAccount
        fields = ["id", "object", "name", "role", "created_by", "created_at"]

    def get_object(self, account: ServiceAccount) -> str:
        return "service_account"

    @extend_schema_field(serializers.EmailField(allow_null=True))
    def get_created_by(self, account: ServiceAccount) -> str | None:
        return address_of(account.created_by)


class ServiceAccountRequestSerializer(StrictSerializer):
    name = StrictCharField(max_length=100)
    role = serializers.ChoiceField(choices=ServiceAccount.ROLES, default=Role.DEVELOPER)
