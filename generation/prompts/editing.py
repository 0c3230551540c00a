"""What operators do with versions of the texts. All changes of a state take turns: the last one holds.

draft ──► candidate ──► active ──► retired          only a draft can be edited or loses its texts,
  └───────────────────►  ▲  └────────┘│             and nothing becomes a draft again
                         └────────────┘
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from accounts.audit.actions import Action
from accounts.audit.record import record_act
from accounts.models import User
from codegen_site.errors import Conflict, ValidationException
from generation.models import PromptVersion
from generation.prompts.builtin import NAME, builtin_sources, complete
from generation.prompts.checking import problems_of
from generation.prompts.serving import forget_serving

State = PromptVersion.State
CAN_SERVE = (State.DRAFT, State.CANDIDATE, State.ACTIVE, State.RETIRED)
CAN_DELETE = (State.DRAFT, State.RETIRED, State.MIRRORED)


@transaction.atomic
def copy_to_draft(*, of: PromptVersion | None, by: User | None) -> PromptVersion:
    """A new draft with the texts of a version, or with the built-in ones."""
    texts = complete(of.texts) if of else dict(builtin_sources())
    name = f"Copy of {of.name if of else NAME}"
    limit = PromptVersion._meta.get_field("name").max_length
    draft = PromptVersion.objects.create(name=name[:limit], texts=texts, created_by=by)
    copied = {"copy_of": of.pk if of else NAME}
    record_act(Action.PROMPT_VERSION_CREATED, object_id=draft.pk, after={"name": draft.name, **copied})
    return draft


@transaction.atomic
def edit_draft(*, version_id: int, name: str, notes: str, texts: Mapping[str, str]) -> None:
    """Raises `ValidationException` for texts that cannot be used, `Conflict` when it is no draft any more."""
    check_texts(texts)
    drafts = PromptVersion.objects.filter(id=version_id, state=State.DRAFT)
    before = drafts.select_for_update().first()
    if before is None:
        raise Conflict("Only a draft can be edited. Copy this version to a new draft.")
    drafts.update(name=name, notes=notes, texts=dict(texts))
    record_act(
        Action.PROMPT_VERSION_CHANGED,
        object_id=version_id,
        before={"name": before.name, "notes": before.notes, **before.texts},
        after={"name": name, "notes": notes, **texts},
    )


def activate_version(*, version_id: int) -> PromptVersion:
    """Every new generation has these texts in a few seconds. The version that was active is retired."""
    with _changing(version_id, Action.PROMPT_VERSION_ACTIVATED, ready_for_use=True) as version:
        PromptVersion.objects.filter(state=State.ACTIVE).exclude(id=version.id).update(state=State.RETIRED)
        version.state, version.share, version.activated_at = State.ACTIVE, 0, timezone.now()
    return version


def make_candidate(*, version_id: int, share: int) -> PromptVersion:
    """Send it `share` percent of the new generations. An earlier candidate is retired."""
    if not 1 <= share <= 100:
        raise ValidationException("The share of the traffic is from 1 to 100 percent.")
    with _changing(version_id, Action.PROMPT_VERSION_TRIED, ready_for_use=True) as version:
        if version.state == State.ACTIVE:
            raise Conflict("The active version gets all that the candidate does not get.")
        others = PromptVersion.objects.filter(state=State.CANDIDATE).exclude(id=version.id)
        others.update(state=State.RETIRED, share=0)
        version.state, version.share = State.CANDIDATE, share
    return version


def retire_version(*, version_id: int) -> PromptVersion:
    """No new generation has these texts; without an active version they have the built-in ones."""
    with _changing(version_id, Action.PROMPT_VERSION_RETIRED) as version:
        if version.state not in PromptVersion.SERVED:
            raise Conflict("The version is not in use.")
        version.state, version.share = State.RETIRED, 0
    return version


def check_texts(texts: Mapping[str, str]) -> None:
    if problems := problems_of(texts):
        details = [
            {"field": name, "message": message} for name, found in problems.items() for message in found
        ]
        raise ValidationException(f"These texts cannot be used: {', '.join(problems)}.", details=details)


@contextmanager
def _changing(version_id: int, action: Action, *, ready_for_use: bool = False) -> Iterator[PromptVersion]:
    """The row as it is now, saved at the end; whoever changes another one meanwhile waits."""
    with transaction.atomic():
        # All of them, in one order: the constraints are about rows that the other has not locked.
        list(PromptVersion.objects.select_for_update().order_by("id").values_list("id"))
        version = PromptVersion.objects.filter(id=version_id).first()
        if version is None or version.state not in CAN_SERVE:
            raise Conflict("There is no such version that could be used.")
        if ready_for_use:
            check_texts(complete(version.texts))
        before = {"state": version.state, "share": version.share}
        yield version
        version.save(update_fields=["state", "share", "activated_at"])
        after = {"state": version.state, "share": version.share}
        record_act(action, object_id=version.pk, before=before, after=after, name=version.name)
        transaction.on_commit(forget_serving)
