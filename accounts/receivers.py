"""Whatever changes what a key may do, by whatever way, makes what processes know of keys untrue.

And whatever makes an account, a command too, is in the audit log; so is who comes and goes.
"""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from accounts.actor import nobody, person
from accounts.api_keys.known_keys import end_epoch
from accounts.audit.actions import Action
from accounts.audit.record import record_act
from accounts.login.record import login_event
from accounts.models import ApiKey, Membership, Organization, ServiceAccount, User

# What operators alone do, in the admin or by a command.
OPERATED = frozenset({"lock_out.lifted", "password.forced", "password.link_made"})
# What other receivers tell of.
TOLD = frozenset({"account.made", "login.succeeded", "logout"})
LOGIN_ACTIONS = {
    "account.made": Action.USER_LETTER_SENT,
    "email.changed": Action.USER_CHANGED,
    "letter.wanted": Action.USER_LETTER_SENT,
    "letter.withheld": Action.USER_LETTER_SENT,
    "lock_out.lifted": Action.USER_LOCK_OUT_LIFTED,
    "login.code_failed": Action.USER_LOGIN_FAILED,
    "login.failed": Action.USER_LOGIN_FAILED,
    "login.refused": Action.USER_LOCKED_OUT,
    "password.changed": Action.USER_PASSWORD_CHANGED,
    "password.forced": Action.USER_PASSWORD_CHANGED,
    "password.link_made": Action.USER_LETTER_SENT,
    "second_factor.codes_renewed": Action.USER_SECOND_FACTOR_CHANGED,
    "second_factor.removed": Action.USER_SECOND_FACTOR_CHANGED,
    "second_factor.set_up": Action.USER_SECOND_FACTOR_CHANGED,
    "session.ended": Action.USER_SESSIONS_ENDED,
    "sessions.ended": Action.USER_SESSIONS_ENDED,
}

# A login, which says nothing of what somebody may do.
LOGIN = frozenset({"last_login"})


@receiver([post_save, post_delete], sender=ApiKey)
@receiver([post_save, post_delete], sender=Membership)
@receiver([post_save, post_delete], sender=ServiceAccount)
def note_change(instance: ApiKey | Membership | ServiceAccount, **kwargs: Any) -> None:
    if not (isinstance(instance, ApiKey) and kwargs.get("created")):
        end_epoch(instance.organization_id)


@receiver(post_save, sender=Organization)
def note_change_of_organization(instance: Organization, **kwargs: Any) -> None:
    end_epoch(instance.pk)


@receiver(post_save, sender=User)
def note_change_of_user(
    instance: User, created: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    if created or update_fields == LOGIN:
        return
    for organization_id in instance.memberships.values_list("organization_id", flat=True):
        end_epoch(organization_id)


@receiver(post_save, sender=User)
def tell_new_user(instance: User, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        after = {
            "email": instance.email,
            "is_staff": instance.is_staff,
            "is_superuser": instance.is_superuser,
        }
        record_act(Action.USER_CREATED, object_id=instance.pk, after=after)


@receiver(user_logged_in)
def tell_login(user: User, **kwargs: Any) -> None:
    record_act(Action.USER_LOGGED_IN, object_id=user.pk, by=person(user))


@receiver(user_logged_out)
def tell_logout(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record_act(Action.USER_LOGGED_OUT, object_id=user.pk, by=person(user))


@receiver(login_event)
def tell_login_event(action: str, user: User | None, email: str, details: Any, **kwargs: Any) -> None:
    """An operator, in the admin or by a command, is whoever acts there."""
    is_operated = action in OPERATED or details.get("by") == "operator"
    if action in TOLD and not is_operated:
        return
    by = None if is_operated else person(user) if user else nobody(email)
    told = LOGIN_ACTIONS.get(action, Action.USER_CHANGED)
    record_act(told, object_id=user.pk if user else email, by=by, event=action, how=dict(details))
