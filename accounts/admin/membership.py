from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from accounts.actor import operator
from accounts.audit.actions import Action
from accounts.audit.record import record_deed
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


class TellsMemberships(admin.ModelAdmin[Any]):
    """Who becomes a member here, gets another role or is one no more, is in the audit log as everywhere."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if formset.model is Membership:
            tell_memberships(formset, request)


def tell_memberships(formset: Any, request: HttpRequest) -> None:
    by, before = operator(request.user), {row.instance.pk: row.initial.get("role") for row in formset.forms}
    for membership in formset.new_objects:
        after = {"role": membership.role}
        record_deed(Action.MEMBER_ADDED, membership, by=by, after=after, member=membership.user.email)
    for membership, _names in formset.changed_objects:
        record_deed(
            Action.MEMBER_ROLE_CHANGED,
            membership,
            by=by,
            before={"role": before.get(membership.pk)},
            after={"role": membership.role},
            member=membership.user.email,
        )
    for membership in formset.deleted_objects:
        # Its row has gone, and with it its key.
        membership.pk = next(
            row.initial.get("id") for row in formset.deleted_forms if row.instance is membership
        )
        record_deed(
            Action.MEMBER_REMOVED,
            membership,
            by=by,
            before={"role": membership.role},
            member=membership.user.email,
        )
