"""Scopes: a view names them, a key or a role has them."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Membership, Role
from accounts.scopes import Scope
from accounts.testing import bearer, make_key, make_member, make_organization

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.test_permissions")]


class Forgotten(APIView):
    def get(self, request: Request) -> Response:
        return Response({})

    def post(self, request: Request) -> Response:
        return Response({})


class HalfForgotten(Forgotten):
    required_scopes = {"GET": Scope.READ}


class PerMethod(Forgotten):
    required_scopes = {"GET": Scope.READ, "POST": Scope.GENERATE}


class ForAll(Forgotten):
    required_scopes = Scope.JOBS


class Public(Forgotten):
    permission_classes = [AllowAny]


urlpatterns = [
    path("forgotten", Forgotten.as_view()),
    path("half-forgotten", HalfForgotten.as_view()),
    path("per-method", PerMethod.as_view()),
    path("for-all", ForAll.as_view()),
    path("public", Public.as_view()),
]


@pytest.fixture
def reader() -> Client:
    return Client(headers=bearer(make_key(scopes=[Scope.READ])[1]))


def test_a_key_may_do_what_its_scope_says(reader: Client) -> None:
    assert reader.get("/per-method").status_code == 200
    assert reader.head("/per-method").status_code == 200


def test_a_key_without_the_scope_is_told_which_one_it_needs(reader: Client) -> None:
    response = reader.post("/per-method")
    assert response.status_code == 403
    assert response.json()["error"]["code"] == "permission_denied"
    assert response.json()["error"]["message"] == "This needs the scope generate."


def test_one_scope_may_stand_for_every_method(reader: Client) -> None:
    assert reader.get("/for-all").status_code == reader.post("/for-all").status_code == 403


def test_a_method_that_the_view_lacks_is_not_a_matter_of_scope(reader: Client) -> None:
    assert reader.delete("/per-method").status_code == 405
    assert reader.options("/for-all").status_code == 200


def test_nobody_does_anything_without_credentials(client: Client) -> None:
    for method in ("get", "post", "options", "delete"):
        assert getattr(client, method)("/per-method").status_code == 401


@pytest.mark.parametrize(("address", "method"), [("/forgotten", "get"), ("/half-forgotten", "post")])
def test_a_view_that_names_no_scope_fails_loudly(reader: Client, address: str, method: str) -> None:
    reader.raise_request_exception = True
    with pytest.raises(ImproperlyConfigured, match="required_scopes"):
        getattr(reader, method)(address)


def test_a_public_view_says_so(client: Client) -> None:
    assert client.get("/public").status_code == 200


@pytest.mark.parametrize(
    ("role", "may_read", "may_generate"),
    [
        (Role.OWNER, True, True),
        (Role.ADMIN, True, True),
        (Role.DEVELOPER, True, True),
        (Role.VIEWER, True, False),
        (Role.BILLING, False, False),
    ],
)
def test_a_role_gives_a_member_scopes(client: Client, role: Role, may_read: bool, may_generate: bool) -> None:
    client.force_login(make_member(make_organization(), role=role))
    assert (client.get("/per-method").status_code == 200) is may_read
    assert (client.post("/per-method").status_code == 200) is may_generate


@pytest.mark.parametrize("role", Role.values)
def test_every_role_is_in_the_table(role: str) -> None:
    assert Membership(role=role).has_scope("no such scope") is False
