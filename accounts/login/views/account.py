"""My account: where I belong, where I am logged in, and what proves that it is me."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from accounts.login import second_factor
from accounts.login.forms import ChangeEmailForm, TokenForm, say_wait
from accounts.login.letters import Kind
from accounts.login.links import LinkOver
from accounts.login.record import record_login_event
from accounts.login.services import ask_for_letter, change_email, end_sessions_of
from accounts.login.sessions import end_sessions, hash_of
from accounts.login.views.page import OwnPage, Page
from accounts.models import Session
from codegen_site.errors import RateLimitException


class AccountView(OwnPage, TemplateView):
    template_name = "accounts/account.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        key = self.request.session.session_key
        return super().get_context_data(**kwargs) | {
            "memberships": self.user.memberships.select_related("organization"),
            "sessions": Session.objects.alive(timezone.now()).filter(user=self.user),
            "own_session": hash_of(key) if key else "",
            "has_second_factor": second_factor.is_wanted(self.user),
            "recovery_codes": second_factor.count_recovery_codes(self.user),
        }


class EndSessionView(OwnPage):
    """One of mine."""

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        session = Session.objects.filter(user=self.user, id=session_id).first()
        if session is None:
            raise Http404
        end_sessions([session.pk])
        record_login_event("session.ended", request=request, user=self.user, session=str(session_id))
        messages.success(request, f"{session.device or 'The device'} was logged out.")
        return redirect("account")


class EndOtherSessionsView(OwnPage):
    def post(self, request: HttpRequest) -> HttpResponse:
        ended = end_sessions_of(self.user, but=request.session.session_key)
        record_login_event("sessions.ended", request=request, user=self.user, count=ended)
        messages.success(request, f"Logged out everywhere else: {ended}.")
        return redirect("account")


class ChangeEmailView(OwnPage, FormView[ChangeEmailForm]):
    """Asks the new address first; until its link is used the old one stays."""

    template_name = "accounts/email_change.html"
    form_class = ChangeEmailForm

    def get_form_kwargs(self) -> dict[str, object]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: ChangeEmailForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        try:
            ask_for_letter(self.request, kind=Kind.NEW_EMAIL, to=email, user=self.user)
        except RateLimitException as error:
            form.add_error(None, say_wait(error))
            return self.form_invalid(form)
        messages.success(self.request, f"Look into the mailbox of {email}: the link there makes the change.")
        return redirect("account")


class ConfirmEmailView(Page, FormView[TokenForm]):
    template_name = "accounts/email_confirm.html"
    form_class = TokenForm

    def form_valid(self, form: TokenForm) -> HttpResponse:
        try:
            user = change_email(self.request, token=form.cleaned_data["token"])
        except LinkOver as error:
            form.add_error(None, error.message)
            return self.form_invalid(form)
        messages.success(self.request, f"Your e-mail address is {user.email} now.")
        return redirect("account")
