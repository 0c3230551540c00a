from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import FormView

from accounts.login.forms import FinishSignUpForm
from accounts.login.letters import Kind
from accounts.login.links import LinkOver
from accounts.login.services import sign_up
from accounts.login.views.login import enter
from accounts.login.views.page import Page
from accounts.login.views.password import ForgottenPasswordView


class OpenSignUp(Page):
    """There only where everybody may sign up."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if settings.SIGNUP != "open":
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class SignUpView(OpenSignUp, ForgottenPasswordView):
    """The account comes into being with the link of the e-mail: before, there is nothing to take over."""

    template_name = "accounts/sign_up.html"
    letter = Kind.SIGN_UP


class FinishSignUpView(OpenSignUp, FormView[FinishSignUpForm]):
    template_name = "accounts/sign_up_finish.html"
    form_class = FinishSignUpForm

    def form_valid(self, form: FinishSignUpForm) -> HttpResponse:
        fields = form.cleaned_data
        try:
            user = sign_up(
                self.request,
                token=fields["token"],
                password=fields["new_password"],
                organization=fields["organization"],
            )
        except LinkOver as error:
            form.add_error(None, error.message)
            return self.form_invalid(form)
        return enter(self.request, user, to=reverse("account"))
