"""The page behind the link of an invitation."""

from collections.abc import Iterator

import pytest
from django.test import Client

from accounts.actor import OPERATOR
from accounts.mail import Mail
from accounts.models import Membership, User
from accounts.organizations.invitations import invite
from accounts.testing import Cast, make_cast, written_mails

pytestmark = pytest.mark.django_db

PASSWORD = "a long one for erin"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def mails() -> Iterator[list[Mail]]:
    with written_mails() as mails:
        yield mails


def token_for(cast: Cast, mails: list[Mail], email: str) -> str:
    invite(organization=cast.organization, email=email, by=OPERATOR, site="https://codegen.example")
    return mails[-1].text.split("#")[1].split()[0]


def test_whoever_opens_it_is_asked_first(cast: Cast, client: Client) -> None:
    page = client.get("/invitation")
    assert page.status_code == 200
    assert "from_link.js" in page.content.decode()
    assert "unsafe-inline'; script" not in page["Content-Security-Policy"]


def test_a_new_account_is_made_and_logged_in(cast: Cast, mails: list[Mail], client: Client) -> None:
    token = token_for(cast, mails, "erin@example.org")
    joined = client.post("/invitation", {"token": token, "password": PASSWORD})
    assert (joined.status_code, joined["Location"]) == (302, "/account")
    erin = User.objects.get(email="erin@example.org")
    assert Membership.objects.get(user=erin).organization == cast.organization
    assert client.get("/api/v1/organizations").json()[0]["slug"] == "acme"


def test_who_is_logged_in_joins_with_a_click(cast: Cast, mails: list[Mail], client: Client) -> None:
    client.force_login(cast.charlie)
    token = token_for(cast, mails, "charlie@example.org")
    assert "charlie@example.org" in client.get("/invitation").content.decode()
    assert client.post("/invitation", {"token": token}).status_code == 302
    assert Membership.objects.filter(user=cast.charlie, organization=cast.organization).exists()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"token": "nothing"}, "There is no such invitation."),
        ({"token": "", "password": PASSWORD}, ""),
        ({"password": "short"}, "at least 10 characters"),
        ({}, "Choose one"),
    ],
)
def test_it_says_what_is_wrong(
    cast: Cast, mails: list[Mail], client: Client, data: dict[str, str], reason: str
) -> None:
    token = token_for(cast, mails, "erin@example.org")
    page = client.post("/invitation", {"token": token, **data})
    assert page.status_code == 400
    assert reason in page.content.decode()
    assert not User.objects.filter(email="erin@example.org").exists()


def test_it_takes_the_csrf_token(cast: Cast, mails: list[Mail]) -> None:
    client = Client(enforce_csrf_checks=True)
    token = token_for(cast, mails, "erin@example.org")
    assert client.post("/invitation", {"token": token, "password": PASSWORD}).status_code == 403
