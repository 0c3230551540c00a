from typing import Any

from django.contrib import admin

from accounts.models import Membership


class MembershipInline(admin.TabularInline[Membership, Any]):
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "organization"]
