"""The life of a version: only a draft is changed, one is active, one at most is the candidate."""

import threading
from collections.abc import Callable
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from uuid_utils.compat import uuid7

from accounts.testing import make_user
from codegen_site.errors import Conflict, ValidationException
from generation.models import PromptVersion
from generation.prompts import editing
from generation.prompts.builtin import builtin_sources
from generation.prompts.serving import choose_texts
from generation.tests.prompts.conftest import make_version

State = PromptVersion.State


def state_of(version: PromptVersion) -> tuple[str, int]:
    version.refresh_from_db()
    return version.state, version.share


def make_in(state: str) -> PromptVersion:
    return make_version(state, state=state, share=10 if state == State.CANDIDATE else 0)


@pytest.mark.django_db
def test_a_copy_is_a_draft_with_the_same_texts() -> None:
    user = make_user()
    draft = editing.copy_to_draft(of=None, by=user)
    assert (draft.name, draft.state, draft.created_by) == ("Copy of built-in", "draft", user)
    assert draft.texts == dict(builtin_sources())
    version = make_version("a name of forty characters, all of which", state="active")
    copy = editing.copy_to_draft(of=version, by=None)
    assert (copy.texts, len(copy.name)) == (version.texts, 40)


@pytest.mark.django_db
def test_a_draft_is_edited() -> None:
    draft = make_version()
    texts = {**draft.texts, "no_file.txt": "Again: {{ reason }}"}
    editing.edit_draft(version_id=draft.id, name="cold", notes="shorter", texts=texts)
    draft.refresh_from_db()
    assert (draft.name, draft.notes, draft.texts["no_file.txt"]) == ("cold", "shorter", "Again: {{ reason }}")


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state for state in State if state != State.DRAFT])
def test_nothing_else_is(state: str) -> None:
    version = make_in(state)
    with pytest.raises(Conflict, match="Copy this version"):
        editing.edit_draft(version_id=version.id, name="x", notes="", texts=version.texts)
    version.refresh_from_db()
    assert version.name == state


@pytest.mark.django_db
def test_texts_that_cannot_be_used_are_not_stored() -> None:
    draft = make_version()
    with pytest.raises(ValidationException, match=r"user\.txt") as refusal:
        editing.edit_draft(
            version_id=draft.id, name="x", notes="", texts={**draft.texts, "user.txt": "{% load x %}"}
        )
    assert refusal.value.details[0]["field"] == "user.txt"
    draft.refresh_from_db()
    assert draft.name == "warm"


ACTIVATES: set[State] = {State.DRAFT, State.CANDIDATE, State.ACTIVE, State.RETIRED}
OPERATIONS: dict[str, tuple[Callable[[int], PromptVersion], set[State], tuple[str, int]]] = {
    "activate": (lambda pk: editing.activate_version(version_id=pk), ACTIVATES, ("active", 0)),
    "candidate": (
        lambda pk: editing.make_candidate(version_id=pk, share=30),
        ACTIVATES - {State.ACTIVE},
        ("candidate", 30),
    ),
    "retire": (
        lambda pk: editing.retire_version(version_id=pk),
        {State.ACTIVE, State.CANDIDATE},
        ("retired", 0),
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("operation", "state"), list(product(OPERATIONS, State)))
def test_each_operation_in_each_state(operation: str, state: str) -> None:
    run, allowed, expected = OPERATIONS[operation]
    version = make_in(state)
    before = state_of(version)
    if state in allowed:
        run(version.id)
        assert state_of(version) == expected
        return
    with pytest.raises(Conflict):
        run(version.id)
    assert state_of(version) == before


@pytest.mark.django_db
def test_the_one_before_it_is_retired() -> None:
    first, second, third = make_version("1"), make_version("2"), make_version("3")
    editing.activate_version(version_id=first.id)
    editing.make_candidate(version_id=second.id, share=50)
    editing.make_candidate(version_id=third.id, share=5)
    assert [state_of(one) for one in (first, second, third)] == [
        ("active", 0),
        ("retired", 0),
        ("candidate", 5),
    ]
    editing.activate_version(version_id=third.id)
    assert [state_of(one)[0] for one in (first, second, third)] == ["retired", "retired", "active"]


@pytest.mark.django_db(transaction=True)
def test_this_process_knows_it_at_once() -> None:
    version = make_version()
    generation_id = uuid7()
    assert choose_texts(generation_id).row_id is None
    editing.activate_version(version_id=version.id)
    assert choose_texts(generation_id).row_id == version.id
    editing.retire_version(version_id=version.id)
    assert choose_texts(generation_id).row_id is None


@pytest.mark.django_db
def test_texts_that_have_become_unusable_are_not_put_to_use() -> None:
    version = make_version(texts={"user.txt": "without what was written"})
    for operation in ("activate", "candidate"):
        with pytest.raises(ValidationException):
            OPERATIONS[operation][0](version.id)
    assert state_of(version)[0] == "draft"


@pytest.mark.django_db
@pytest.mark.parametrize("share", [0, 101, -1])
def test_a_share_is_a_part_of_the_traffic(share: int) -> None:
    with pytest.raises(ValidationException, match="1 to 100"):
        editing.make_candidate(version_id=make_version().id, share=share)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "second",
    [
        {"state": "active"},
        {"state": "candidate", "share": 5},
        {"state": "draft", "share": 5},
        {"state": "candidate", "share": 101},
        {"state": "candidate", "share": 0},
    ],
)
def test_the_database_itself_keeps_the_rules(second: dict[str, object]) -> None:
    make_in("active")
    make_in("candidate")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_version("second", **second)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_change_it_at_once_the_last_one_holds() -> None:
    """On PostgreSQL they meet in the middle of it; on SQLite the second waits for the first."""
    versions = [make_version(str(number)) for number in range(6)]
    barrier = threading.Barrier(len(versions))
    errors: list[Exception] = []

    def change(number: int, version: PromptVersion) -> None:
        barrier.wait()
        try:
            if number % 2:
                editing.activate_version(version_id=version.id)
            else:
                editing.make_candidate(version_id=version.id, share=number + 1)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=change, args=(number, version)) for number, version in enumerate(versions)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    states = sorted(PromptVersion.objects.values_list("state", flat=True))
    assert states == ["active", "candidate", *["retired"] * 4]
