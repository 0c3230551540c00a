from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet

from accounts.models import Membership, Organization, Role
from codegen_site.errors import LastOwner


class MembershipFormSet(BaseInlineFormSet[Membership, Organization, Any]):
    """An organization that has an owner keeps one."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or not isinstance(self.instance, Organization):
            return
        kept = [form for form in self.initial_forms + self.extra_forms if form not in self.deleted_forms]
        roles = {form.cleaned_data.get("role") for form in kept if form.cleaned_data}
        if Membership.objects.for_organization(self.instance).owners().exists() and Role.OWNER not in roles:
            raise ValidationError(LastOwner.message)


class MembershipInline(admin.TabularInline[Membership, Any]):
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "organization"]


class MembersInline(MembershipInline):
    """Of an organization."""

    formset = MembershipFormSet
