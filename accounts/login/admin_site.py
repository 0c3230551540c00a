from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from accounts.login import second_factor
from accounts.login.views.login import LogoutView


class AdminSite(admin.AdminSite):
    """Has no doors of its own: operators come and go by everybody's, with a second factor where they must."""

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not second_factor.is_missing(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        to = request.GET.get("next", reverse("admin:index", current_app=self.name))
        lacks_code = super().has_permission(request) and second_factor.is_missing(request)
        return redirect_to_login(to, login_url=reverse("login-prove" if lacks_code else "login"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return LogoutView.as_view()(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account-password")
