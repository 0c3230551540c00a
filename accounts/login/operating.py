"""What those who run the installation do for a person."""

from django.db import transaction
from django.http import HttpRequest

from accounts.login import second_factor
from accounts.login.guard import Subject, forgive
from accounts.login.letters import Kind, Letter, lifetime_of, want_letter
from accounts.login.links import password_link
from accounts.login.record import record_login_event
from accounts.login.services import end_sessions_of
from accounts.models import LockOut, User


@transaction.atomic
def send_first_link(user: User, *, site: str, request: HttpRequest | None = None) -> None:
    """To the mailbox of an account that was made for somebody: with it, they choose a password."""
    want_letter(Letter(kind=Kind.ACCOUNT_MADE, to=user.email, site=site))
    record_login_event("account.made", request=request, user=user, by="operator")


@transaction.atomic
def force_new_password(user: User, *, site: str, request: HttpRequest | None = None) -> None:
    """The old one opens nothing any more, every session ends, and a link to choose another one is sent."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions_of(user)
    want_letter(Letter(kind=Kind.PASSWORD_RESET, to=user.email, site=site))
    record_login_event("password.forced", request=request, user=user)


def log_out_everywhere(user: User, *, request: HttpRequest | None = None) -> int:
    """How many sessions there were."""
    ended = end_sessions_of(user)
    record_login_event("sessions.ended", request=request, user=user, count=ended, by="operator")
    return ended


@transaction.atomic
def remove_second_factor(user: User, *, request: HttpRequest | None = None) -> bool:
    """For who has lost phone and list. Every session ends. False where there was none."""
    if not second_factor.remove(user):
        return False
    end_sessions_of(user)
    record_login_event("second_factor.removed", request=request, user=user, by="operator")
    return True


def lift_lock_outs(user: User, *, request: HttpRequest | None = None) -> None:
    """Of this account; not of network addresses, which are nobody's."""
    for subject in _subjects_of(user):
        forgive(subject)
    record_login_event("lock_out.lifted", request=request, user=user)


def make_link(user: User, *, site: str) -> str:
    """To be handed over by other ways than an e-mail. It is good for as long as that of a new account."""
    record_login_event("password.link_made", request=None, user=user)
    return password_link(user, site=site, lasts_s=lifetime_of(Kind.ACCOUNT_MADE))


def lock_outs_of(user: User) -> list[LockOut]:
    wanted = _subjects_of(user)
    return [
        row
        for subject in wanted
        for row in LockOut.objects.filter(kind=subject.kind, subject=subject.name, failures__gt=0)
    ]


def _subjects_of(user: User) -> tuple[Subject, ...]:
    return (
        Subject(LockOut.Kind.ACCOUNT, user.email),
        Subject(LockOut.Kind.CODE, str(user.pk)),
        Subject(LockOut.Kind.LETTER, user.email),
    )
