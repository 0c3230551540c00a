from collections.abc import Sequence
from math import ceil
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.login.links import LONGEST_TOKEN
from accounts.login.services import try_password
from accounts.models import Organization, User
from codegen_site.errors import RateLimitException

LONGEST_PASSWORD = 1_000


def say_wait(error: RateLimitException) -> str:
    seconds = ceil(error.retry_after or 1)
    wait = f"{seconds} seconds" if seconds < 120 else f"{ceil(seconds / 60)} minutes"
    return f"Too many attempts. Try again in {wait}."


class EmailInput(forms.EmailInput):
    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"})


def password_field(label: str, *, new: bool, **options: Any) -> forms.CharField:
    autocomplete = "new-password" if new else "current-password"
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=LONGEST_PASSWORD, widget=widget, **options)


def email_field(label: str = "E-mail address", *, autofocus: bool = False) -> forms.EmailField:
    field = forms.EmailField(label=label, max_length=254, widget=EmailInput())
    if autofocus:
        field.widget.attrs["autofocus"] = True
    return field


class PlainForm(forms.Form):
    """A label is a name and needs no colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class LoginForm(AuthenticationForm, PlainForm):
    """Says the same of a wrong password, of an account that is not there, and of one that may not log in."""

    username = email_field(autofocus=True)
    password = password_field("Password", new=False)

    error_messages = {"invalid_login": "The e-mail address or the password is wrong."}

    # Set where the attempt was not even looked at.
    refused: RateLimitException | None = None

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email is None or password is None or self.request is None:
            return self.cleaned_data
        try:
            self.user_cache = try_password(self.request, email=email, password=password)
        except RateLimitException as error:
            self.refused = error
            raise ValidationError(say_wait(error), code="refused") from error
        if self.user_cache is None:
            raise self.get_invalid_login_error()
        return self.cleaned_data


class CodeForm(PlainForm):
    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="Of your authenticator app, or one of your recovery codes.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


class EmailForm(PlainForm):
    email = email_field(autofocus=True)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email.lower()


class NewPasswordForm(PlainForm):
    """`user` is whose password it becomes, for the rule that it must not be like the address."""

    new_password = password_field(
        "New password", new=True, help_text=password_validation.password_validators_help_text_html()
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        password_validation.validate_password(password, self.user)
        return password


class TokenForm(PlainForm):
    """A script fills it in from the address and hides it; without scripts it is pasted."""

    token = forms.CharField(
        label="Code from the e-mail",
        max_length=LONGEST_TOKEN,
        help_text="What follows the # in the link.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-from-link": ""}),
    )


class LinkPasswordForm(NewPasswordForm, TokenForm):
    field_order: Sequence[str] | None = ("token", "new_password")


class FinishSignUpForm(LinkPasswordForm):
    organization = forms.CharField(
        label="Name of your organization",
        max_length=Organization._meta.get_field("name").max_length,
        help_text="What you generate belongs to it; others can be invited later.",
    )
    field_order = ("token", "organization", "new_password")


class OwnPasswordForm(PlainForm):
    """Whoever sits at a browser that was left open does not know it."""

    password = password_field("Current password", new=False)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        assert isinstance(self.request.user, User)  # noqa: S101 - these pages are for who is logged in
        try:
            owner = try_password(self.request, email=self.request.user.email, password=password)
        except RateLimitException as error:
            raise ValidationError(say_wait(error), code="refused") from error
        if owner is None:
            raise ValidationError("This is not your password.", code="wrong")
        return password


class ChangePasswordForm(NewPasswordForm, OwnPasswordForm):
    field_order = ("password", "new_password")


class ChangeEmailForm(EmailForm, OwnPasswordForm):
    email = email_field("New e-mail address")
    field_order = ("email", "password")
