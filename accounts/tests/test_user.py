import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_the_email_address_is_the_login_in_any_case() -> None:
    user = User.objects.create_user("Alice@Example.org", "correct horse battery")
    assert user.email == "alice@example.org"
    assert authenticate(username="ALICE@example.ORG", password="correct horse battery") == user


def test_a_second_user_may_not_differ_in_case_alone() -> None:
    User.objects.create_user("alice@example.org")
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="ALICE@example.org")])


def test_a_user_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


def test_a_user_without_a_password_cannot_log_in() -> None:
    assert not User.objects.create_user("alice@example.org").has_usable_password()


def test_a_superuser_may_open_the_admin() -> None:
    user = User.objects.create_superuser("root@example.org", "correct horse battery")
    assert user.is_staff
    assert user.is_superuser
