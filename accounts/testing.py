"""The cast of the tests: alice owns an organization, bob is a member of it, charlie is an outsider."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Unpack

from django.test import Client
from django.utils import timezone

from accounts.anomalies import networks
from accounts.api_keys import authenticate, guesses, known_keys
from accounts.api_keys.services import KeyOptions, create_api_key, revoke_api_key
from accounts.mail import Mail, mail_written, open_mail
from accounts.models import ApiKey, Membership, Organization, Role, ServiceAccount, User
from accounts.organizations.services import create_organization
from accounts.scopes import DEFAULT_SCOPES, Scope

_numbers = count(1)


def make_user(email: str | None = None, *, password: str | None = None, is_staff: bool = False) -> User:
    return User.objects.create_user(
        email or f"user{next(_numbers)}@example.org", password, is_staff=is_staff, is_superuser=is_staff
    )


def make_organization(name: str | None = None, *, owner: User | None = None) -> Organization:
    return create_organization(name=name or f"Organization {next(_numbers)}", owner=owner)


def make_member(organization: Organization, *, role: Role = Role.DEVELOPER, email: str | None = None) -> User:
    user = make_user(email)
    Membership.objects.create(user=user, organization=organization, role=role)
    return user


def make_service_account(organization: Organization, *, role: Role = Role.DEVELOPER) -> ServiceAccount:
    return ServiceAccount.objects.create(
        organization=organization, name=f"account {next(_numbers)}", role=role
    )


def make_key(
    organization: Organization | None = None,
    *,
    scopes: Iterable[str] = DEFAULT_SCOPES,
    owner: User | ServiceAccount | None = None,
    **options: Unpack[KeyOptions],
) -> tuple[ApiKey, str]:
    """The key and its text."""
    return create_api_key(
        organization=organization or make_organization(),
        name=f"key {next(_numbers)}",
        scopes=scopes,
        owner=owner,
        **options,
    )


def bearer(text: str) -> dict[str, str]:
    """The headers of a call with this key, for `client.get(..., headers=bearer(text))`."""
    return {"Authorization": f"Bearer {text}"}


@dataclass(frozen=True, kw_only=True)
class Cast:
    """`alice` and `bob` share `organization`; nothing of it may be seen by `charlie` or his key."""

    organization: Organization
    alice: User
    bob: User
    key: str
    other_organization: Organization
    charlie: User
    other_key: str


def make_cast() -> Cast:
    alice = make_user("alice@example.org")
    charlie = make_user("charlie@example.org")
    organization = make_organization("Acme", owner=alice)
    other_organization = make_organization("Elsewhere", owner=charlie)
    return Cast(
        organization=organization,
        alice=alice,
        bob=make_member(organization, email="bob@example.org"),
        key=make_key(organization)[1],
        other_organization=other_organization,
        charlie=charlie,
        other_key=make_key(other_organization)[1],
    )


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody who calls the API: logged in, with a key, or with neither. `of` is the organization's slug."""

    name: str
    of: str
    user: User | None = None
    key: str | None = None

    def client(self) -> Client:
        client = Client(headers=bearer(self.key)) if self.key else Client()
        if self.user is not None:
            client.force_login(self.user)
        return client


def make_everybody() -> dict[str, Caller]:
    """By name. alice owns Acme; ada administers it, bob develops, vic views, bill pays; robot is a service
    account there, key one of Acme's own. charlie owns Elsewhere, dana Halted, which is suspended."""
    acme, elsewhere, halted = (
        make_organization(name, owner=make_user(f"{owner}@example.org"))
        for name, owner in (("Acme", "alice"), ("Elsewhere", "charlie"), ("Halted", "dana"))
    )
    roles = {"ada": Role.ADMIN, "bob": Role.DEVELOPER, "vic": Role.VIEWER, "bill": Role.BILLING}
    for name, role in roles.items():
        make_member(acme, role=role, email=f"{name}@example.org")
    robot, revoked = make_service_account(acme), make_key(acme, scopes=list(Scope))
    keys = {
        "robot": make_key(acme, owner=robot, scopes=list(Scope))[1],
        "key": make_key(acme, scopes=list(Scope))[1],
        "revoked": revoked[1],
        "charlie_key": make_key(elsewhere, scopes=list(Scope))[1],
        "dana_key": make_key(halted, scopes=list(Scope))[1],
    }
    revoke_api_key(api_key=revoked[0])
    halted.suspended_at = timezone.now()
    halted.save()
    homes = {"charlie": elsewhere, "charlie_key": elsewhere, "dana": halted, "dana_key": halted}
    callers = [
        Caller(name=name, of=homes.get(name, acme).slug, user=User.objects.get(email=f"{name}@example.org"))
        for name in ("alice", *roles, "charlie", "dana")
    ]
    callers += [Caller(name=name, of=homes.get(name, acme).slug, key=key) for name, key in keys.items()]
    return {caller.name: caller for caller in (*callers, Caller(name="nobody", of=""))}


@contextmanager
def written_mails() -> Iterator[list[Mail]]:
    """Those that are written while the block lasts."""
    mails: list[Mail] = []

    def note(sealed: str, **kwargs: Any) -> None:
        mails.append(open_mail(sealed))

    mail_written.connect(note)
    try:
        yield mails
    finally:
        mail_written.disconnect(note)


def forget_process_state() -> None:
    """What this process knows of keys and of who guesses them: another test has other ones."""
    for module in (authenticate, guesses, known_keys, networks):
        module.forget_all()
