"""The page that the link of an invitation leads to.

The token stands in the fragment: no server sees it before its owner presses the button, so it is in no log,
and what looks into mails does not use it up.
"""

from typing import Any

from django import forms
from django.contrib.auth import login
from django.http import HttpResponse
from django.urls import reverse
from django.views.generic import FormView

from accounts.models import User
from accounts.organizations.invitations import accept_invitation
from codegen_site.errors import AppException

BACKEND = "django.contrib.auth.backends.ModelBackend"


class AcceptForm(forms.Form):
    token = forms.CharField(max_length=100, label="Code of the invitation")
    password = forms.CharField(
        max_length=128,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        label="Password for a new account",
    )


class InvitationPage(FormView[AcceptForm]):
    template_name = "accounts/invitation.html"
    form_class = AcceptForm

    def form_valid(self, form: AcceptForm) -> HttpResponse:
        user = self.request.user if isinstance(self.request.user, User) else None
        try:
            membership = accept_invitation(
                token=form.cleaned_data["token"], user=user, password=form.cleaned_data["password"] or None
            )
        except AppException as error:
            form.add_error(None, error.message)
            return self.form_invalid(form)
        if user is None:
            login(self.request, membership.user, backend=BACKEND)
        return super().form_valid(form)

    def form_invalid(self, form: AcceptForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_success_url(self) -> str:
        return reverse("my-organizations")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        back = f"{reverse('rest_framework:login')}?next={reverse('invitation-page')}"
        return super().get_context_data(login_url=back, **context)
