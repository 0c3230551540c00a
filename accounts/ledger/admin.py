"""The books in the admin: to look at. A correction is an entry of its own, with a reason."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.actor import operator
from accounts.ledger.adjusting import adjust_balance
from accounts.ledger.periods import month_of
from accounts.models import Balance, Hold, LedgerEntry, QuotaNotice, StoredBytes, UsageRecord
from codegen_site.errors import ValidationException


class ReadOnly:
    """What happened is not changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AdjustForm(ActionForm):
    amount_usd = forms.DecimalField(required=False, max_digits=15, decimal_places=6)
    reason = forms.CharField(required=False, max_length=200)


@admin.register(Balance)
class BalanceAdmin(ReadOnly, admin.ModelAdmin[Balance]):
    list_display = [
        "organization",
        "api_key_id",
        "month",
        "reserved_microusd",
        "spent_microusd",
        "limit_microusd",
        "spent_tokens",
        "limit_tokens",
        "requests",
        "limit_requests",
    ]
    list_filter = ["month", "organization"]
    list_select_related = ["organization"]
    search_fields = ["organization__name", "organization__slug", "api_key_id"]
    action_form = AdjustForm
    actions = ["adjust"]

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_balance")

    @admin.action(description="Add the amount to what was spent this month", permissions=["operate"])
    def adjust(self, request: HttpRequest, queryset: QuerySet[Balance]) -> None:
        # The list has refused what does not fit the form.
        amount = Decimal(request.POST.get("amount_usd") or 0)
        try:
            balance = self._own_balance(queryset)
            adjust_balance(
                organization=balance.organization,
                microusd=int(amount * 1_000_000),
                reason=request.POST.get("reason", ""),
                by=operator(request.user),
            )
        except ValidationException as error:
            self.message_user(request, error.message, messages.ERROR)
        else:
            self.message_user(request, f"{amount} USD booked for {balance.organization}.", messages.SUCCESS)

    def _own_balance(self, queryset: QuerySet[Balance]) -> Balance:
        balances = list(queryset.select_related("organization")[:2])
        if len(balances) != 1 or balances[0].api_key_id is not None:
            raise ValidationException("Select one balance, of an organization and not of a key.")
        if balances[0].month != month_of(timezone.now()):
            raise ValidationException("Select the balance of this month: what is booked now belongs to it.")
        return balances[0]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly, admin.ModelAdmin[LedgerEntry]):
    list_display = [
        "at",
        "organization_id",
        "kind",
        "amount_microusd",
        "reserved_microusd",
        "spent_microusd",
        "month",
        "generation_id",
        "api_key_id",
        "note",
    ]
    list_filter = ["kind", "month"]
    search_fields = ["generation_id", "organization_id", "api_key_id", "note"]
    date_hierarchy = "at"


@admin.register(Hold)
class HoldAdmin(ReadOnly, admin.ModelAdmin[Hold]):
    list_display = ["generation_id", "organization", "state", "amount_microusd", "month", "expires_at"]
    list_filter = ["state", "month", "organization"]
    list_select_related = ["organization"]
    search_fields = ["generation_id"]


@admin.register(UsageRecord)
class UsageRecordAdmin(ReadOnly, admin.ModelAdmin[UsageRecord]):
    """Those that were not billed are what failures cost the installation."""

    list_display = ["created_at", "organization", "model", "purpose", "calls", "cost_microusd", "billed"]
    list_filter = ["billed", "purpose", "model", "organization"]
    list_select_related = ["organization"]
    search_fields = ["generation_id"]
    date_hierarchy = "created_at"


@admin.register(StoredBytes)
class StoredBytesAdmin(ReadOnly, admin.ModelAdmin[StoredBytes]):
    list_display = ["organization", "bytes", "limit_bytes", "counted_at"]
    list_select_related = ["organization"]


@admin.register(QuotaNotice)
class QuotaNoticeAdmin(ReadOnly, admin.ModelAdmin[QuotaNotice]):
    list_display = ["created_at", "organization", "quota", "percent", "period", "used", "limit"]
    list_filter = ["quota", "percent", "organization"]
    list_select_related = ["organization"]
