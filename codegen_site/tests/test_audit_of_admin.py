"""Whatever operators do in the admin is in the audit log: every model, every action, those to come too."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.audit.actions import Action
from accounts.audit.admin_trail import AuditedAdmin
from accounts.ledger.periods import month_of
from accounts.models import (
    ApiKey,
    AuditEntry,
    Balance,
    Invitation,
    LockOut,
    Organization,
    SecondFactor,
    ServiceAccount,
    User,
)
from accounts.testing import make_user
from codegen_site.tests.isolation_world import World
from codegen_site.tests.test_isolation import world  # noqa: F401 - a fixture
from generation.models import Attempt, Batch, Generation, PromptVersion, WebhookDelivery, WebhookEndpoint
from generation.prompts.builtin import builtin_sources
from jobs.models import Job, OwnerWeight
from jobs.tests.tasks import add

pytestmark = pytest.mark.django_db

# What can be done there, and what is told of it. A change of a form is its `name`, or what is said below.
TABLE = """
model                       deed              told
accounts.apikey             add               api_key.created
accounts.apikey             revoke            api_key.revoked
accounts.auditentry         export            audit.exported
accounts.balance            adjust            ledger.adjusted
accounts.invitation         revoke            invitation.revoked
accounts.lockout            delete            lock_out.deleted
accounts.user               force_new_password    user.password_changed
accounts.user               lift_lock_outs        user.lock_out_lifted
accounts.user               log_out_everywhere    user.sessions_ended
accounts.user               remove_second_factor  user.second_factor_changed
accounts.user               send_link             user.letter_sent
accounts.organization       add               organization.created
accounts.organization       change            organization.changed
accounts.organization       suspend           organization.suspended
accounts.organization       unsuspend         organization.unsuspended
accounts.organization       ask_for_deletion  organization.deletion_requested
accounts.serviceaccount     add               service_account.created
accounts.serviceaccount     change            service_account.changed
accounts.user               add               user.created
accounts.user               change            user.changed
accounts.user               delete            user.deleted
auth.group                  add               group.created
auth.group                  change            group.changed
auth.group                  delete            group.deleted
generation.attempt          delete            attempt.deleted
generation.batch            delete            batch.deleted
generation.generation       delete            generation.deleted
generation.promptversion    change            prompt_version.changed
generation.promptversion    delete            prompt_version.deleted
generation.webhookdelivery  delete            webhook_delivery.deleted
generation.webhookdelivery  resend            webhook_delivery.resent
generation.webhookendpoint  delete            webhook.deleted
generation.webhookendpoint  disable           webhook.disabled
generation.webhookendpoint  enable            webhook.enabled
jobs.job                    cancel_jobs       job.cancelled
jobs.job                    discard_jobs      job.discarded
jobs.job                    retry_jobs        job.retried
jobs.ownerweight            add               owner_weight.created
jobs.ownerweight            change            owner_weight.changed
jobs.ownerweight            delete            owner_weight.deleted
"""
ROWS = [tuple(line.split()) for line in TABLE.strip().splitlines()[1:]]
# Pages of their own, beside those of every model: each is tested where it is told.
OWN_PAGES = {
    "accounts_plans",  # shows
    "generation_promptversion_copy_built_in",
    "generation_promptversion_operate",
    "generation_promptversion_preview",  # shows
    "generation_promptversion_preview_built_in",  # shows
    "auth_user_password_change",
}


def admins() -> Iterator[tuple[str, Any]]:
    for model, model_admin in admin.site._registry.items():
        yield model._meta.label_lower, model_admin


def deeds_of(model_admin: Any, request: Any) -> set[str]:
    deeds = {
        deed
        for deed in ("add", "change", "delete")
        if getattr(model_admin, f"has_{deed}_permission")(request)
    }
    actions = set(model_admin.get_actions(request))
    # Those that are ticked are deleted by the same function as one.
    return deeds | (actions - {"delete_selected"})


def superuser_request() -> Any:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    return request


def test_whatever_can_be_done_is_in_the_table() -> None:
    request = superuser_request()
    possible = {(label, deed) for label, one in admins() for deed in deeds_of(one, request)}
    # A new version is a copy of another; only a draft is edited, which no permission of a model says.
    assert possible == {(model, deed) for model, deed, _told in ROWS}
    assert {told for *_row, told in ROWS} <= set(Action.values)


def test_no_model_has_a_page_that_nobody_knows_of() -> None:
    own = {
        pattern.name
        for _label, one in admins()
        for pattern in one.get_urls()
        if pattern.name
        and not pattern.name.endswith(("_changelist", "_add", "_change", "_delete", "_history"))
    }
    assert own | {"auth_user_password_change"} == OWN_PAGES


def test_no_inline_writes_but_those_of_members() -> None:
    request = superuser_request()
    writing = {
        (label, inline.model.__name__)
        for label, one in admins()
        for inline in one.get_inline_instances(request)
        if inline.has_change_permission(request) or inline.has_add_permission(request, None)
    }
    assert writing == {("accounts.organization", "Membership"), ("accounts.user", "Membership")}


def test_what_is_deleted_in_a_list_is_told_like_one() -> None:
    request = superuser_request()
    for label, one in admins():
        if "delete_selected" in one.get_actions(request):
            assert isinstance(one, AuditedAdmin) or label == "jobs.ownerweight", label


def of_acme(model: type[models.Model]) -> Callable[[World], models.Model]:
    """The first that Acme has."""
    return lambda _world: model._default_manager.filter(organization__slug="acme").order_by("pk")[0]


def thing(model: type[models.Model], name: str) -> Callable[[World], models.Model]:
    return lambda world: model._default_manager.get(pk=world.things["acme"].routes[name])  # noqa: F811


def disabled(world: World) -> models.Model:  # noqa: F811
    WebhookEndpoint.objects.update(disabled_at=timezone.now())
    return thing(WebhookEndpoint, "webhook_id")(world)


def suspended(_world: World) -> models.Model:
    Organization.objects.filter(slug="acme").update(suspended_at=timezone.now())
    return Organization.objects.get(slug="acme")


def draft(_world: World) -> models.Model:
    return PromptVersion.objects.create(name="draft", texts=dict(builtin_sources()))


def job(status: str) -> Callable[[World], models.Model]:
    def make(_world: World) -> models.Model:
        job_id = add.enqueue(1, 2, owner="acme").id
        if status == Job.Status.FAILED:
            Job.objects.filter(id=job_id).update(status=status, finished_at=timezone.now())
        return Job.objects.get(id=job_id)

    return make


def with_second_factor(_world: World) -> models.Model:
    user = make_user("somebody@example.org")
    SecondFactor.objects.create(user=user, confirmed_at=timezone.now())
    return user


def entry(_world: World) -> models.Model:
    return AuditEntry.objects.all()[0]


OBJECTS: dict[str, Callable[[World], models.Model]] = {
    "accounts.apikey": thing(ApiKey, "key_id"),
    "accounts.auditentry": entry,
    "accounts.balance": lambda _world: Balance.objects.create(
        organization=Organization.objects.get(slug="acme"),
        month=month_of(timezone.now()),
        day=timezone.now().date(),
    ),
    "accounts.invitation": of_acme(Invitation),
    "accounts.lockout": lambda _world: LockOut.objects.create(
        kind="account", subject="somebody@example.org", failed_at=timezone.now()
    ),
    "accounts.organization": lambda _world: Organization.objects.get(slug="acme"),
    "accounts.organization unsuspend": suspended,
    "accounts.serviceaccount": thing(ServiceAccount, "account_id"),
    "accounts.user": lambda _world: make_user("somebody@example.org"),
    "accounts.user remove_second_factor": with_second_factor,
    "auth.group": lambda _world: Group.objects.create(name="night shift"),
    "generation.attempt": lambda _world: Attempt.objects.filter(generation__organization__slug="acme")[0],
    "generation.batch": thing(Batch, "batch_id"),
    "generation.generation": thing(Generation, "generation_id"),
    "generation.promptversion": draft,
    "generation.webhookdelivery": thing(WebhookDelivery, "delivery_id"),
    "generation.webhookendpoint": thing(WebhookEndpoint, "webhook_id"),
    "generation.webhookendpoint enable": disabled,
    "jobs.job": job(Job.Status.FAILED),
    "jobs.job cancel_jobs": job(Job.Status.READY),
    "jobs.ownerweight": lambda _world: OwnerWeight.objects.create(owner="acme", weight=2),
}
# What is entered in a form, beside what stands there.
ENTERED: dict[str, dict[str, Any]] = {
    "accounts.apikey add": {"name": "new", "organization": "acme"},
    "accounts.organization add": {"name": "New", "slug": "new"},
    "accounts.organization change": {"name": "Renamed"},
    "accounts.serviceaccount add": {"name": "new", "organization": "acme"},
    "accounts.serviceaccount change": {"name": "renamed"},
    "accounts.user add": {
        "email": "new@example.org",
        "password1": "a long one of x",
        "password2": "a long one of x",
    },
    "accounts.user change": {"is_staff": "on"},
    "auth.group add": {"name": "day shift"},
    "auth.group change": {"name": "day shift"},
    "generation.promptversion change": {"notes": "Edited."},
    "jobs.ownerweight add": {"owner": "acme", "weight": "3"},
    "jobs.ownerweight change": {"weight": "3"},
}


def filled(page: Any, entered: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends of the form on a page, with what somebody has entered."""
    assert page.status_code == 200, page.content
    sets = [inline.formset for inline in page.context["inline_admin_formsets"]]
    forms = [page.context["adminform"].form, *(one.management_form for one in sets)]
    forms += [form for one in sets for form in one.initial_forms]
    values = {bound.html_name: bound.value() for form in forms for bound in form if bound.value() is not None}
    if slug := entered.get("organization"):
        entered = {**entered, "organization": str(Organization.objects.get(slug=slug).pk)}
    given = {**values, **entered}
    return {
        name: value.split() if name == "scopes" and isinstance(value, str) else value
        for name, value in given.items()
        if value is not False
    }


def carry_out(client: Client, label: str, deed: str, obj: models.Model | None) -> Any:
    place = f"/admin/{label.replace('.', '/')}/"
    if deed == "add":
        return client.post(f"{place}add/", filled(client.get(f"{place}add/"), ENTERED[f"{label} add"]))
    assert obj is not None
    if deed == "delete":
        return client.post(f"{place}{obj.pk}/delete/", {"post": "yes"})
    if deed == "change":
        page = f"{place}{obj.pk}/change/"
        return client.post(page, filled(client.get(page), ENTERED[f"{label} change"]))
    chosen = {"action": deed, "_selected_action": [str(obj.pk)], "until": timezone.now().isoformat()}
    chosen |= {"amount_usd": "-0.5", "reason": "An outage"}
    return client.post(place, chosen)


@pytest.mark.parametrize(("label", "deed", "told"), ROWS)
def test_it_is_told(label: str, deed: str, told: str, client: Client, world: World) -> None:  # noqa: F811
    operator = make_user("operator@example.org", is_staff=True)
    client.force_login(operator)
    make = OBJECTS.get(f"{label} {deed}", OBJECTS[label])
    obj = None if deed == "add" else make(world)
    known = set(AuditEntry.objects.values_list("pk", flat=True))
    response = carry_out(client, label, deed, obj)
    assert response.status_code in (200, 302), response.content
    new = AuditEntry.objects.exclude(pk__in=known).exclude(action__endswith=".read")
    entries = [found for found in new if found.action == told]
    assert len(entries) == 1, (list(new), response.content.decode()[:20_000])
    [found] = entries
    assert (found.actor_kind, found.actor_id, found.role) == ("operator", str(operator.pk), "superuser")
    assert found.address == "127.0.0.1"
    if obj is not None and deed not in ("export", "adjust"):
        assert found.object_id == str(obj.pk)
    assert not any(
        mark in str(AuditEntry.objects.values()) for mark in world.things["acme"].marks if is_private(mark)
    )


def is_private(mark: str) -> bool:
    """What somebody has written to a model, and what it has answered."""
    return mark.rpartition("-")[2] in ("prompt", "answer", "file", "message", "url", "metadata", "reply")


def test_a_password_that_is_changed_there_is_told_and_not_shown(client: Client) -> None:
    client.force_login(make_user("operator@example.org", is_staff=True))
    user = make_user("somebody@example.org", password="the first long one")
    before = user.password
    new = {"password1": "the second long one", "password2": "the second long one", "usable_password": "true"}
    client.post(f"/admin/accounts/user/{user.pk}/password/", new)
    user.refresh_from_db()
    found = AuditEntry.objects.get(action="user.changed")
    assert (found.before, found.after) == ({"password": "changed"}, {"password": "changed"})
    assert before != user.password
    assert user.password not in str(AuditEntry.objects.values())


def test_who_becomes_a_member_there_is_told(client: Client, world: World) -> None:  # noqa: F811
    client.force_login(make_user("operator@example.org", is_staff=True))
    page = f"/admin/accounts/organization/{Organization.objects.get(slug='acme').pk}/change/"
    form = filled(client.get(page), {})
    count = int(form["memberships-TOTAL_FORMS"])
    guest = make_user("guest@example.org")
    new = {
        f"memberships-{count}-user": str(guest.pk),
        f"memberships-{count}-organization": form.get("memberships-0-organization", ""),
        f"memberships-{count}-role": "viewer",
        "memberships-TOTAL_FORMS": str(count + 1),
    }
    assert client.post(page, {**form, **new}).status_code == 302
    found = AuditEntry.objects.get(action="member.added")
    assert (found.details["member"], found.after) == ("guest@example.org", {"role": "viewer"})
