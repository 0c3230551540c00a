"""The page that the link of an invitation leads to.

The token stands in the fragment: no server sees it before its owner presses the button, so it is in no log,
and what looks into mails does not use it up.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.generic import FormView

from accounts.login.forms import PlainForm, password_field
from accounts.login.services import log_in
from accounts.login.views.page import Page
from accounts.models import User
from accounts.organizations.invitations import accept_invitation
from codegen_site.errors import AppException


class AcceptForm(PlainForm):
    token = forms.CharField(max_length=100, label="Code of the invitation")
    password = password_field("Password for a new account", new=True, required=False)

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user is not None:
            del self.fields["password"]


class InvitationPage(Page, FormView[AcceptForm]):
    template_name = "accounts/invitation.html"
    form_class = AcceptForm

    def form_valid(self, form: AcceptForm) -> HttpResponse:
        token, password = form.cleaned_data["token"], form.cleaned_data.get("password")
        try:
            membership = accept_invitation(token=token, user=self.user, password=password or None)
        except AppException as error:
            form.add_error(None, error.message)
            return self.form_invalid(form)
        if self.user is None:
            log_in(self.request, membership.user)
        messages.success(self.request, f"You are a member of {membership.organization} now.")
        return super().form_valid(form)

    @property
    def user(self) -> User | None:
        return self.request.user if isinstance(self.request.user, User) else None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.user}

    def form_invalid(self, form: AcceptForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_success_url(self) -> str:
        return reverse("account")
