"""Scopes: a view names them, a key or a role has them."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import path
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Feature, Organization, Role
from accounts.organizations.roles import Permission
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


class Fine(Forgotten):
    required_scopes = {"GET": Permission.MEMBER_READ, "POST": Permission.ORGANIZATION_DELETE}


class OfAFeature(Forgotten):
    required_scopes = Scope.READ
    required_features = {"GET": Feature.BATCHES}


class Open(Forgotten):
    required_scopes = Scope.READ
    works_while_suspended = True


class Public(Forgotten):
    permission_classes = [AllowAny]


urlpatterns = [
    path("forgotten", Forgotten.as_view()),
    path("half-forgotten", HalfForgotten.as_view()),
    path("per-method", PerMethod.as_view()),
    path("for-all", ForAll.as_view()),
    path("fine", Fine.as_view()),
    path("feature", OfAFeature.as_view()),
    path("open", Open.as_view()),
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


def test_a_permission_is_finer_than_a_scope(client: Client) -> None:
    organization = make_organization()
    key = Client(headers=bearer(make_key(organization, scopes=[Scope.ADMIN])[1]))
    assert (key.get("/fine").status_code, key.post("/fine").status_code) == (200, 403)
    assert "No key may do this" in key.post("/fine").json()["error"]["message"]
    for role, expected in ((Role.OWNER, (200, 200)), (Role.ADMIN, (200, 403)), (Role.BILLING, (200, 403))):
        client.force_login(make_member(organization, role=role))
        assert (client.get("/fine").status_code, client.post("/fine").status_code) == expected
    assert "organization.delete" in client.post("/fine").json()["error"]["message"]


def test_what_an_organization_does_not_use_is_refused_with_the_list(reader: Client) -> None:
    organization = Organization.objects.get()
    assert reader.get("/feature").status_code == 200
    organization.allowed_features = [Feature.WEBHOOKS]
    organization.save()
    response = reader.get("/feature")
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (403, "not_allowed_here")
    assert error["details"] == [{"field": "batches", "message": "allowed_features: webhooks"}]
    assert reader.post("/feature").status_code == 200


def test_a_suspended_organization_is_refused_whoever_comes(reader: Client, client: Client) -> None:
    organization = Organization.objects.get()
    client.force_login(make_member(organization, role=Role.OWNER))
    organization.suspended_at = timezone.now()
    organization.save()
    for caller in (reader, client):
        response = caller.get("/per-method")
        assert (response.status_code, response.json()["error"]["code"]) == (403, "organization_suspended")
    # What its members need all the same is theirs, and no key's.
    assert client.get("/open").status_code == 200
    assert reader.get("/open").status_code == 403
