"""In by e-mail address and password, and a code where the account asks for one; out again."""

import time
from math import ceil
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as django_views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.generic import FormView

from accounts.login import second_factor
from accounts.login.forms import CodeForm, LoginForm, say_wait
from accounts.login.known_device import remember_device
from accounts.login.record import record_login_event
from accounts.login.services import log_in
from accounts.login.views.page import Page
from accounts.models import User
from codegen_site.errors import RateLimitException

# Between the password and the code.
PENDING = "pending_login"
PENDING_S = 600


class LoginView(django_views.LoginView):
    template_name = "accounts/login.html"
    authentication_form = LoginForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"signup": settings.SIGNUP}

    def form_valid(self, form: Any) -> HttpResponse:
        user, to = cast(User, form.get_user()), self.get_success_url()
        if second_factor.is_wanted(user):
            await_code(self.request, user, to=to)
            return redirect("login-code")
        return enter(self.request, user, to=to)

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        if form.refused is not None:
            response.status_code = 429
            response.headers["Retry-After"] = str(ceil(form.refused.retry_after or 1))
        return response


class CodeView(Page, FormView[CodeForm]):
    template_name = "accounts/login_code.html"
    form_class = CodeForm

    def form_valid(self, form: CodeForm) -> HttpResponse:
        found = pending_login(self.request)
        if found is None:
            messages.error(self.request, "That took too long. Log in again.")
            return redirect("login")
        user, to = found
        try:
            is_right = second_factor.use_code(user, form.cleaned_data["code"])
        except RateLimitException as error:
            return self._refuse(form, say_wait(error), status=429)
        if not is_right:
            record_login_event("login.code_failed", request=self.request, user=user)
            return self._refuse(form, "The code is wrong, or was used before.")
        return enter(self.request, user, to=to, with_code=True)

    def _refuse(self, form: CodeForm, message: str, *, status: int = 200) -> HttpResponse:
        form.add_error("code", message)
        response = self.form_invalid(form)
        response.status_code = status
        return response


class LogoutView(django_views.LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User):
            record_login_event("logout", request=request, user=request.user)
        return super().post(request, *args, **kwargs)


def enter(request: HttpRequest, user: User, *, to: str, with_code: bool = False) -> HttpResponse:
    request.session.pop(PENDING, None)
    log_in(request, user, second_factor=with_code)
    response = HttpResponseRedirect(to)
    remember_device(request, response, user.email)
    return response


def await_code(request: HttpRequest, user: User, *, to: str) -> None:
    """Whoever logged in up to here is nobody yet."""
    request.session[PENDING] = {
        "user": user.pk,
        "proof": user.get_session_auth_hash(),
        "until": time.time() + PENDING_S,
        "to": to,
    }


def pending_login(request: HttpRequest) -> tuple[User, str] | None:
    """Who has proved the password, as long as it is the same, and where to go from here."""
    pending = request.session.get(PENDING)
    if not pending or pending["until"] < time.time():
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != pending["proof"]:
        return None
    return user, str(pending["to"])
