from django.urls import path

from accounts.login.views.account import (
    AccountView,
    ChangeEmailView,
    ConfirmEmailView,
    EndOtherSessionsView,
    EndSessionView,
)
from accounts.login.views.login import CodeView, LoginView, LogoutView
from accounts.login.views.password import (
    ChangePasswordView,
    ForgottenPasswordView,
    LetterSentView,
    NewPasswordView,
)
from accounts.login.views.second_factor import ConfirmSecondFactorView, ProveView, SecondFactorView
from accounts.login.views.sign_up import FinishSignUpView, SignUpView

urlpatterns = [
    path("login", LoginView.as_view(), name="login"),
    path("login/code", CodeView.as_view(), name="login-code"),
    path("login/prove", ProveView.as_view(), name="login-prove"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("letter-sent", LetterSentView.as_view(), name="letter-sent"),
    path("password/forgotten", ForgottenPasswordView.as_view(), name="password-forgotten"),
    path("password/new", NewPasswordView.as_view(), name="password-new"),
    path("sign-up", SignUpView.as_view(), name="sign-up"),
    path("sign-up/finish", FinishSignUpView.as_view(), name="sign-up-finish"),
    path("email/confirm", ConfirmEmailView.as_view(), name="email-confirm"),
    path("account", AccountView.as_view(), name="account"),
    path("account/email", ChangeEmailView.as_view(), name="account-email"),
    path("account/password", ChangePasswordView.as_view(), name="account-password"),
    path("account/second-factor", SecondFactorView.as_view(), name="second-factor"),
    path("account/second-factor/confirm", ConfirmSecondFactorView.as_view(), name="second-factor-confirm"),
    path("account/sessions/end", EndOtherSessionsView.as_view(), name="sessions-end"),
    path("account/sessions/<uuid:session_id>/end", EndSessionView.as_view(), name="session-end"),
]
