"""Plans in the admin: which one an organization has, and what there are. They are changed in their files."""

from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.actor import operator
from accounts.limits.buckets import Rate
from accounts.models import Organization
from accounts.plans.limits import Limits
from accounts.plans.parsing import BUCKETS
from accounts.plans.reading import limits_of, load_plans
from accounts.plans.services import change_plan

SHOWN = tuple(one.name for one in fields(Limits) if one.name not in ("plan", "name", "rates"))


def _choices() -> list[tuple[str, str]]:
    return [("", "the default plan"), *((slug, plan.name) for slug, plan in load_plans().items())]


class PlanForm(forms.ModelForm[Organization]):
    plan = forms.ChoiceField(choices=_choices, required=False)


class PlanAdmin(admin.ModelAdmin[Organization]):
    """What the admin of organizations has to do with plans."""

    form = PlanForm
    readonly_fields = ["limits"]

    @admin.display(description="limits in force")
    def limits(self, organization: Organization) -> SafeString | str:
        if organization._state.adding:
            return "those of its plan"
        try:
            return format_html_join("", "<div>{}: {}</div>", _lines_of(limits_of(organization)))
        except ImproperlyConfigured as error:
            return str(error)

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        """The plan by its own service: that tells the ledger, the queue and the audit log."""
        plan, overrides = obj.plan, obj.plan_overrides
        stored = Organization.objects.filter(pk=obj.pk).first() or Organization()
        obj.plan, obj.plan_overrides = stored.plan, stored.plan_overrides
        super().save_model(request, obj, form, change)
        if not change or (plan, overrides) != (stored.plan, stored.plan_overrides):
            change_plan(organization=obj, plan=plan, overrides=overrides, by=operator(request.user))

    def get_urls(self) -> list[URLPattern]:
        address = path("plans/", self.admin_site.admin_view(self.show_plans), name="accounts_plans")
        return [address, *super().get_urls()]

    def show_plans(self, request: HttpRequest) -> TemplateResponse:
        plans = load_plans().values()
        rows = [(name, [_show(getattr(plan, name)) for plan in plans]) for name in SHOWN]
        rates = sorted({(route, bucket) for plan in plans for route in plan.rates for bucket in BUCKETS})
        rows += [
            (f"{route} / {bucket}", [_show_rate(plan, route, bucket) for plan in plans])
            for route, bucket in rates
        ]
        context = {**self.admin_site.each_context(request), "title": "Plans", "plans": plans, "rows": rows}
        return TemplateResponse(request, "admin/accounts/plans.html", context)


def _lines_of(limits: Limits) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), _show(getattr(limits, name))) for name in SHOWN]


def _show(value: float | None) -> str:
    return "no limit" if value is None else f"{value:,}"


def _show_rate(plan: Limits, route: str, bucket: str) -> str:
    rate: Rate | None = getattr(plan.rates.get(route), bucket, None)
    return f"{rate.tokens:,}, and {rate.refill_per_s:g}/s" if rate else "no limit"
