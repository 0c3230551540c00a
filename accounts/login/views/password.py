from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.generic import FormView, TemplateView

from accounts.login.forms import ChangePasswordForm, EmailForm, LinkPasswordForm, say_wait
from accounts.login.letters import Kind
from accounts.login.links import LinkOver, user_of_password_link
from accounts.login.services import ask_for_letter, change_password, choose_password
from accounts.login.views.page import OwnPage, Page
from codegen_site.errors import RateLimitException


class ForgottenPasswordView(Page, FormView[EmailForm]):
    """Says the same whether there is such an account or not."""

    template_name = "accounts/password_forgotten.html"
    form_class = EmailForm
    success_url = reverse_lazy("letter-sent")
    letter = Kind.PASSWORD_RESET

    def form_valid(self, form: EmailForm) -> HttpResponse:
        try:
            ask_for_letter(self.request, kind=self.letter, to=form.cleaned_data["email"])
        except RateLimitException as error:
            form.add_error(None, say_wait(error))
            response = self.form_invalid(form)
            response.status_code = 429
            return response
        return super().form_valid(form)


class LetterSentView(Page, TemplateView):
    template_name = "accounts/letter_sent.html"


class NewPasswordView(Page, FormView[LinkPasswordForm]):
    """Where the link of an e-mail leads, for a forgotten password as for the first one."""

    template_name = "accounts/password_new.html"
    form_class = LinkPasswordForm

    def get_form_kwargs(self) -> dict[str, object]:
        kwargs = super().get_form_kwargs()
        try:
            return kwargs | {"user": user_of_password_link(self.request.POST.get("token", ""))}
        except LinkOver:
            return kwargs

    def form_valid(self, form: LinkPasswordForm) -> HttpResponse:
        token, password = form.cleaned_data["token"], form.cleaned_data["new_password"]
        try:
            choose_password(self.request, token=token, password=password)
        except LinkOver as error:
            form.add_error(None, error.message)
            return self.form_invalid(form)
        messages.success(self.request, "Your password is set. Log in with it.")
        return redirect("login")


class ChangePasswordView(OwnPage, FormView[ChangePasswordForm]):
    template_name = "accounts/password_change.html"
    form_class = ChangePasswordForm

    def get_form_kwargs(self) -> dict[str, object]:
        return super().get_form_kwargs() | {"request": self.request, "user": self.user}

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        change_password(self.request, self.user, password=form.cleaned_data["new_password"])
        messages.success(self.request, "Your password is changed. Other devices were logged out.")
        return redirect("account")
