"""The logins of people, for operators."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import QuerySet
from django.forms import ChoiceField, ModelForm, RadioSelect
from django.http import HttpRequest
from django.utils import timezone

from accounts.audit.admin_trail import AuditedAdmin
from accounts.login import operating, second_factor
from accounts.models import LockOut, Session, User
from accounts.site import site_of


class UserCreationForm(AdminUserCreationForm[User]):
    """Without a password, a link to choose one is sent."""

    usable_password = ChoiceField(
        label="Password",
        choices=[("false", "A link to choose one is sent to the address"), ("true", "The one below")],
        initial="false",
        widget=RadioSelect(attrs={"class": "radiolist"}),
    )

    class Meta:
        model = User
        fields = ["email"]


class LoginAdmin(DjangoUserAdmin[User]):
    """Of the admin of users: how somebody gets in, and what an operator does when they cannot."""

    add_form = UserCreationForm
    add_fieldsets = [(None, {"fields": ["email", "usable_password", "password1", "password2"]})]
    login_fields = ("has_second_factor", "sessions", "lock_outs")
    powers = ("is_staff", "is_superuser", "groups", "user_permissions")
    readonly_fields = ["last_login", "created_at", *login_fields]
    actions = [
        "send_link",
        "force_new_password",
        "log_out_everywhere",
        "remove_second_factor",
        "lift_lock_outs",
    ]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever may change users does not become a superuser by it, nor one of them."""
        is_above = obj is not None and obj.is_superuser and not is_superuser(request)
        return super().has_change_permission(request, obj) and not is_above

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, *([] if is_superuser(request) else self.powers)]

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change and not obj.has_usable_password():
            operating.send_first_link(obj, site=site_of(request), request=request)
            self.message_user(request, f"A link to choose a password is sent to {obj}.", messages.SUCCESS)

    @admin.display(boolean=True, description="second factor")
    def has_second_factor(self, user: User) -> bool:
        return second_factor.is_wanted(user)

    @admin.display(description="logged in at")
    def sessions(self, user: User) -> str:
        alive = Session.objects.alive(timezone.now()).filter(user=user)
        return "\n".join(f"{one}, last seen {one.seen_at:%Y-%m-%d %H:%M}" for one in alive) or "no device"

    @admin.display(description="failed attempts")
    def lock_outs(self, user: User) -> str:
        return "\n".join(_describe(row) for row in operating.lock_outs_of(user)) or "none"

    @admin.action(description="Send a link to choose a password", permissions=["change"])
    def send_link(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        site = site_of(request)
        self._each(
            request, queryset, lambda user: operating.send_first_link(user, site=site, request=request)
        )

    @admin.action(description="Force a new password: log out, send a link", permissions=["change"])
    def force_new_password(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        site = site_of(request)
        self._each(
            request, queryset, lambda user: operating.force_new_password(user, site=site, request=request)
        )

    @admin.action(description="Log out everywhere", permissions=["change"])
    def log_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset, lambda user: operating.log_out_everywhere(user, request=request))

    @admin.action(description="Remove the second factor", permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset, lambda user: operating.remove_second_factor(user, request=request))

    @admin.action(description="Lift lock-outs", permissions=["change"])
    def lift_lock_outs(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        self._each(request, queryset, lambda user: operating.lift_lock_outs(user, request=request))

    def _each(self, request: HttpRequest, queryset: QuerySet[User], do: Callable[[User], object]) -> None:
        users = [user for user in queryset if self.has_change_permission(request, user)]
        for user in users:
            do(user)
            self.log_change(request, user, [{"changed": {"fields": ["login"]}}])
        self.message_user(request, f"Done for {len(users)} of {len(queryset)} users.", messages.SUCCESS)


@admin.register(LockOut)
class LockOutAdmin(AuditedAdmin[LockOut]):
    """Who has to wait, and for how long. Deleting one lifts it."""

    audit_kind = "lock_out"
    list_display = ["subject", "kind", "failures", "failed_at", "blocked_until", "is_blocked"]
    list_filter = ["kind"]
    search_fields = ["subject"]
    date_hierarchy = "failed_at"

    @admin.display(boolean=True, description="waits now")
    def is_blocked(self, row: LockOut) -> bool:
        return row.blocked_until is not None and row.blocked_until > timezone.now()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LockOut | None = None) -> bool:
        return False


def is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _describe(row: LockOut) -> str:
    until = f", blocked until {row.blocked_until:%Y-%m-%d %H:%M:%S} UTC" if row.blocked_until else ""
    return f"{row.get_kind_display()}: {row.failures}{until}"
