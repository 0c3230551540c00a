"""Who gets in: by key, by session, and who does not."""

import logging
from ipaddress import ip_network
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils import timezone
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_keys.services import revoke_api_key
from accounts.authentication import organization_of
from accounts.models import ApiKey, Membership, Role
from accounts.scopes import Scope
from accounts.testing import Cast, bearer, make_cast, make_key, make_organization, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.urls("accounts.tests.test_authentication")]


class WhoAmI(APIView):
    required_scopes = Scope.READ

    def get(self, request: Request) -> Response:
        return Response({"organization": organization_of(request).slug, "user": str(request.user)})

    post = get


urlpatterns = [path("me", WhoAmI.as_view()), path("", include("codegen_site.urls"))]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def refusal(response: Any, status: int) -> str:
    assert response.status_code == status
    return str(response.json()["error"]["code"])


def test_a_key_speaks_for_its_organization(cast: Cast, client: Client) -> None:
    assert client.get("/me", headers=bearer(cast.key)).json()["organization"] == "acme"
    assert client.get("/me", headers=bearer(cast.other_key)).json()["organization"] == "elsewhere"


def test_the_word_bearer_may_be_in_any_case(cast: Cast, client: Client) -> None:
    assert client.get("/me", headers={"Authorization": f"bEARER {cast.key}"}).status_code == 200


def test_a_key_is_looked_up_once(cast: Cast, client: Client, django_assert_num_queries: Any) -> None:
    # Whose it is, the key itself, the note of its use, and twice from which network.
    with django_assert_num_queries(5):
        client.get("/me", headers=bearer(cast.key))
    with django_assert_num_queries(0):
        client.get("/me", headers=bearer(cast.key))


def test_a_key_that_is_bound_to_networks_is_refused_elsewhere(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
    headers = bearer(make_key(allowed_networks=["203.0.113.0/24"])[1])
    assert client.get("/me", headers=headers | {"X-Forwarded-For": "203.0.113.9"}).status_code == 200
    for forwarded in ("198.51.100.1", "203.0.113.9, 198.51.100.1", ""):
        response = client.get("/me", headers=headers | {"X-Forwarded-For": forwarded})
        assert refusal(response, 403) == "address_not_allowed"
    page = client.get("/me", headers=headers | {"Accept": "text/html"})
    assert page.status_code == 403


def test_without_credentials_it_says_how_to_authenticate(client: Client) -> None:
    response = client.get("/me")
    assert refusal(response, 401) == "not_authenticated"
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer  {key}",
        " Bearer {key} x",
        "Bearer {key} ",
        "Bearer {key}\x00",
        "Bearer {key}\x7f",
        "Bearer \x1b[31m{key}",
        "Bearer " + "a" * 100_000,
        "Bearer kéy",
        "Basic {key}",
        "{key}",
    ],
)
def test_a_malformed_header_is_refused(cast: Cast, client: Client, header: str) -> None:
    response = client.get("/me", HTTP_AUTHORIZATION=header.format(key=cast.key))
    assert refusal(response, 401) == "invalid_api_key"
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert cast.key not in response.content.decode()


def test_a_revoked_key_is_refused(client: Client) -> None:
    api_key, text = make_key()
    revoke_api_key(api_key=api_key)
    assert refusal(client.get("/me", headers=bearer(text)), 401) == "invalid_api_key"


def test_an_expired_key_is_refused(client: Client) -> None:
    _api_key, text = make_key(expires_at=timezone.now())
    assert refusal(client.get("/me", headers=bearer(text)), 401) == "invalid_api_key"


def test_the_key_of_a_suspended_organization_is_refused(cast: Cast, client: Client) -> None:
    cast.organization.suspended_at = timezone.now()
    cast.organization.save()
    response = client.get("/me", headers=bearer(cast.key))
    assert refusal(response, 403) == "organization_suspended"


def test_a_refused_key_is_not_tried_as_a_session(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice)
    assert refusal(client.get("/me", headers=bearer("wrong")), 401) == "invalid_api_key"


def test_a_key_is_never_logged(cast: Cast, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client.get("/me", headers=bearer(cast.key))
        client.get("/me", headers=bearer(cast.key + "x"))
    assert cast.key not in caplog.text


def test_a_member_logged_in_acts_for_the_first_organization(cast: Cast, client: Client) -> None:
    client.force_login(cast.bob)
    Membership.objects.create(user=cast.bob, organization=cast.other_organization)
    assert client.get("/me").json() == {"organization": "acme", "user": "bob@example.org"}


def test_a_member_may_choose_the_organization(cast: Cast, client: Client) -> None:
    client.force_login(cast.bob)
    Membership.objects.create(user=cast.bob, organization=cast.other_organization)
    chosen = client.get("/me", headers={"X-Organization": "elsewhere"})
    assert chosen.json()["organization"] == "elsewhere"


@pytest.mark.parametrize("slug", ["acme", "nowhere"])
def test_an_outsider_may_not_choose_it_nor_learn_whether_it_exists(
    cast: Cast, client: Client, slug: str
) -> None:
    client.force_login(cast.charlie)
    response = client.get("/me", headers={"X-Organization": slug})
    assert refusal(response, 403) == "permission_denied"
    assert response.json()["error"]["message"] == "You are not a member of this organization."


def test_a_user_without_an_organization_is_refused(client: Client) -> None:
    client.force_login(make_user())
    assert refusal(client.get("/me"), 403) == "permission_denied"


def test_a_member_of_a_suspended_organization_is_refused(cast: Cast, client: Client) -> None:
    cast.organization.suspended_at = timezone.now()
    cast.organization.save()
    client.force_login(cast.alice)
    assert refusal(client.get("/me"), 403) == "organization_suspended"


def test_a_member_who_was_locked_out_is_refused(cast: Cast, client: Client) -> None:
    client.force_login(cast.bob)
    cast.bob.is_active = False
    cast.bob.save()
    assert refusal(client.get("/me"), 401) == "not_authenticated"


def test_a_session_needs_the_csrf_token_to_write(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.alice)
    assert client.get("/me").status_code == 200
    response = client.post("/me")
    assert refusal(response, 403) == "permission_denied"
    assert "CSRF" in response.json()["error"]["message"]


def test_a_key_needs_no_csrf_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/me", headers=bearer(cast.key)).status_code == 200


def test_the_browsable_api_shows_a_refusal_too(cast: Cast, client: Client) -> None:
    response = client.get("/me", headers=bearer("wrong") | {"Accept": "text/html"})
    assert response.status_code == 401
    assert "invalid_api_key" in response.content.decode()


def test_the_request_carries_what_was_authenticated(cast: Cast, rf: RequestFactory) -> None:
    request = rf.get("/me", headers=bearer(cast.key))
    response: HttpResponse = WhoAmI.as_view()(request)
    assert response.status_code == 200
    assert isinstance(request.auth, ApiKey)  # type: ignore[attr-defined]


def test_organizations_made_without_an_owner_have_no_member(cast: Cast, client: Client) -> None:
    organization = make_organization()
    user = make_user()
    Membership.objects.create(user=user, organization=organization, role=Role.VIEWER)
    client.force_login(user)
    assert client.get("/me").json()["organization"] == organization.slug
