"""Setting up what proves a login besides the password, and taking it away again."""

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import FormView

from accounts.login import second_factor
from accounts.login.forms import CodeForm, OwnPasswordForm, say_wait
from accounts.login.record import record_login_event
from accounts.login.services import end_sessions_of
from accounts.login.views.login import await_code
from accounts.login.views.page import OwnPage
from codegen_site.errors import RateLimitException


def next_of(request: HttpRequest) -> str:
    wanted = request.POST.get("next", request.GET.get("next", ""))
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""


def to_page(request: HttpRequest, name: str) -> HttpResponse:
    """The next step, which leads on to where this one would."""
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse(name) + (f"?{query}" if query else ""))


class ProveView(OwnPage):
    """Where an operator comes by who has to show a second factor: the code, or the set-up of one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        to = next_of(request) or reverse("account")
        if second_factor.has_passed(request):
            return HttpResponseRedirect(to)
        if second_factor.is_wanted(self.user):
            await_code(request, self.user, to=to)
            return redirect("login-code")
        messages.warning(request, "This page is only for those who have a second factor.")
        return to_page(request, "second-factor")


class SecondFactorView(OwnPage, FormView[OwnPasswordForm]):
    """Begins the set-up, for who knows the password."""

    template_name = "accounts/second_factor.html"
    form_class = OwnPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "has_second_factor": second_factor.is_wanted(self.user),
            "next": next_of(self.request),
        }

    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        if self.request.POST.get("action") == "remove":
            return self._remove()
        if self.request.POST.get("action") == "renew":
            codes = second_factor.renew_recovery_codes(self.user)
            record_login_event("second_factor.codes_renewed", request=self.request, user=self.user)
            return show_codes(self.request, codes, to="")
        second_factor.begin_setup(self.user)
        return to_page(self.request, "second-factor-confirm")

    def _remove(self) -> HttpResponse:
        if second_factor.remove(self.user):
            record_login_event("second_factor.removed", request=self.request, user=self.user)
            messages.success(self.request, "Your password alone logs you in now.")
        return redirect("account")


class ConfirmSecondFactorView(OwnPage, FormView[CodeForm]):
    """Shows the secret, and takes the first code of it."""

    template_name = "accounts/second_factor_confirm.html"
    form_class = CodeForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if second_factor.find_setup(self.user) is None:
            return redirect("second-factor")
        return super().get(request, *args, **kwargs)

    def get_form(self, form_class: Any = None) -> CodeForm:
        form = super().get_form(form_class)
        form.fields["code"].help_text = "Six digits, as your authenticator app shows them now."
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        setup = second_factor.find_setup(self.user)
        return super().get_context_data(**kwargs) | {
            "setup": setup,
            "picture": segno.make(setup.uri, error="m").svg_data_uri(scale=5, border=3) if setup else "",
            "next": next_of(self.request),
        }

    def form_valid(self, form: CodeForm) -> HttpResponse:
        try:
            codes = second_factor.confirm_setup(self.user, form.cleaned_data["code"])
        except RateLimitException as error:
            form.add_error("code", say_wait(error))
            return self.form_invalid(form)
        if codes is None:
            form.add_error("code", "The code is wrong. Is the clock of your phone right?")
            return self.form_invalid(form)
        self.request.session[second_factor.PASSED] = True
        end_sessions_of(self.user, but=self.request.session.session_key)
        record_login_event("second_factor.set_up", request=self.request, user=self.user)
        return show_codes(self.request, codes, to=next_of(self.request))


def show_codes(request: HttpRequest, codes: list[str], *, to: str) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": to or reverse("account")})
