"""What an operator does with the texts, from a copy of the built-in ones to one that is in use."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.testing import make_organization, make_user
from generation.admin.prompt_form import DraftForm
from generation.models import Generation, PromptVersion
from generation.pipeline.build_prompt import TEMPLATES
from generation.prompts.builtin import builtin_sources, builtin_texts
from generation.prompts.serving import choose_texts
from generation.tests.prompts.conftest import make_version

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(make_user("operator@example.org", is_staff=True))
    return client


def page(name: str, *args: object) -> str:
    return reverse(f"admin:generation_promptversion_{name}", args=args)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return unescape(response.content.decode())


def operate(client: Client, version: PromptVersion, operation: str, **data: Any) -> str:
    return text_of(client.post(page("operate", version.id, operation), data, follow=True))


def form_of(version: PromptVersion, **changes: str) -> dict[str, str]:
    """What a browser sends: its line breaks are CRLF."""
    texts = {field: version.texts[name] for field, name in DraftForm.text_fields.items()}
    values = {"name": version.name, "notes": version.notes, **texts, **changes}
    return {name: value.replace("\n", "\r\n") for name, value in values.items()}


def test_from_a_copy_of_the_built_in_texts_to_texts_in_use(operator: Client) -> None:
    shown = text_of(operator.post(page("copy_built_in"), follow=True))
    draft = PromptVersion.objects.get()
    assert (draft.name, draft.texts) == ("Copy of built-in", dict(builtin_sources()))
    assert str(draft.created_by) == "operator@example.org"
    assert builtin_sources()["user.txt"] in shown

    changed = builtin_sources()["user.txt"] + "Be brief.\n"
    form = form_of(draft, name="brief", notes="Fewer words.", text_user=changed)
    operator.post(page("change", draft.id), form, follow=True)
    draft.refresh_from_db()
    assert (draft.name, draft.texts["user.txt"]) == ("brief", changed)
    assert {**draft.texts, "user.txt": ""} == {**builtin_sources(), "user.txt": ""}

    assert "Be brief." in text_of(operator.get(page("preview", draft.id)))
    assert "Brief: candidate, 5 %." in operate(operator, draft, "candidate", share="5")
    assert "Brief: active." in operate(operator, draft, "activate")
    assert choose_texts(uuid7()).row_id == draft.id
    assert "Brief: retired." in operate(operator, draft, "retire")
    assert choose_texts(uuid7()).row_id is None
    told = list(LogEntry.objects.order_by("id").values_list("change_message", flat=True))
    assert [told[0], *told[-3:]] == ["copy", "candidate, 5 %", "activate", "retire"]


def test_texts_that_cannot_be_used_are_sent_back_with_the_reason(operator: Client) -> None:
    draft = make_version()
    form = form_of(draft, text_user="{% load static %}", text_no_file="Again.")
    shown = text_of(operator.post(page("change", draft.id), form))
    assert "Invalid block tag on line 1: 'load'" in shown
    assert "The value 'reason' has to be shown, unchanged." in shown
    draft.refresh_from_db()
    assert draft.texts["user.txt"] == builtin_sources()["user.txt"]


@pytest.mark.parametrize("state", ["active", "retired", "mirrored"])
def test_a_version_that_has_been_in_use_is_shown_and_not_edited(operator: Client, state: str) -> None:
    version = make_version(state=state)
    shown = text_of(operator.get(page("change", version.id)))
    assert "This is warm." in shown
    assert "<textarea" not in shown
    assert 'name="_save"' not in shown
    answer = operator.post(page("change", version.id), form_of(version, text_no_file="{{ reason }}"))
    assert answer.status_code == 403
    version.refresh_from_db()
    assert "This is warm." in version.texts["no_file.txt"]


def test_a_draft_that_was_put_to_use_meanwhile_stays_as_it_is(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = make_version()
    form = form_of(draft, text_no_file="{{ reason }}")
    checked = DraftForm.clean

    def clean(form: DraftForm) -> Any:
        PromptVersion.objects.update(state="active")
        return checked(form)

    monkeypatch.setattr(DraftForm, "clean", clean)
    shown = text_of(operator.post(page("change", draft.id), form, follow=True))
    assert "Only a draft can be edited" in shown
    draft.refresh_from_db()
    assert "This is warm." in draft.texts["no_file.txt"]


@pytest.mark.parametrize(("state", "there"), [("draft", True), ("retired", True), ("active", False)])
def test_what_is_in_use_cannot_be_deleted(operator: Client, state: str, there: bool) -> None:
    version = make_version(state=state)
    operator.post(page("delete", version.id), {"post": "yes"})
    assert PromptVersion.objects.exists() is not there


@pytest.mark.parametrize(
    ("operation", "data", "says"),
    [
        ("candidate", {"share": "0"}, "from 1 to 100 percent"),
        ("candidate", {"share": "many"}, "from 1 to 100 percent"),
        ("candidate", {}, "from 1 to 100 percent"),
        ("retire", {}, "is not in use"),
        ("explode", {}, "nothing called 'explode'"),
    ],
)
def test_what_cannot_be_done_is_said(
    operator: Client, operation: str, data: dict[str, str], says: str
) -> None:
    version = make_version()
    assert says in operate(operator, version, operation, **data)
    version.refresh_from_db()
    assert version.state == "draft"


def test_the_preview_shows_every_question_for_a_framework(operator: Client) -> None:
    for address in (page("preview_built_in"), page("preview", make_version().id)):
        shown = text_of(operator.get(address, {"framework": "vue"}))
        assert len(re.findall(r"<details", shown)) == 9
        assert "You write complete, working software with Vue" in shown
    assert text_of(operator.get(page("preview_built_in"), {"framework": "no such"}))


def test_the_preview_says_what_is_wrong_with_texts_that_have_become_unusable(operator: Client) -> None:
    version = make_version(texts={"user.txt": "{% load x %}"})
    assert "Invalid block tag" in text_of(operator.get(page("preview", version.id)))
    assert "cannot be used" in text_of(operator.get(page("changelist")))
    assert text_of(operator.get(page("change", version.id)))


def make_ended(version: PromptVersion | None, name: str, *statuses: str) -> None:
    organization = make_organization()
    for status in statuses:
        Generation.objects.create(
            organization=organization,
            status=status,
            prompt="x",
            model="small",
            prompt_texts=version,
            prompt_version=name,
            started_at=timezone.now(),
            finished_at=timezone.now(),
            cost_microusd=1500,
        )


def rows_of(shown: str) -> dict[str, list[str]]:
    """The cells of the table of outcomes, by the name of the version."""
    rows = re.findall(r'<tr>\s*<th scope="row">(.*?)</tr>', shown, re.DOTALL)
    cells = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.split("</t[hd]>", row)] for row in rows]
    return {row[0].split()[0]: row[1:-1] for row in cells}


def test_the_list_compares_what_came_of_each_version(operator: Client) -> None:
    active = make_version("usual", state="active")
    candidate = make_version("new", state="candidate", share=20)
    make_ended(active, "usual-1", *["completed"] * 8, "incomplete", "failed")
    make_ended(candidate, "new-1", "completed")
    make_ended(None, builtin_texts().version, "failed")
    shown = text_of(operator.get(page("changelist"), {"days": "30"}))
    assert "Outcomes of the last 30 days" in shown
    assert "as the candidate for 20 % of the new generations" in shown
    rows = rows_of(shown)
    assert rows["usual-1"][:3] == ["10", "8 (80 %)", "49–94 %"]
    assert rows["usual-1"][4:9] == ["0", "1", "1", "0, 0", "0.0150"]
    assert rows["new-1"][:3] == ["1", "1 (100 %)", "21–100 %"]
    assert rows[builtin_texts().version][:2] == ["1", "0 (0 %)"]
    in_use = {choose_texts(uuid7()).texts.version for _ in range(200)}
    assert len(in_use) == 2
    assert all(f"<b>{version}</b>" in shown for version in in_use)


def test_the_page_of_a_version_has_its_outcome_beside_what_is_in_use(operator: Client) -> None:
    active, retired = make_version("usual", state="active"), make_version("old", state="retired")
    other = make_version("other", state="retired")
    for version in (active, retired, other):
        make_ended(version, f"{version.name}-1", "completed")
    assert set(rows_of(text_of(operator.get(page("change", retired.id))))) == {"old-1", "usual-1"}


def test_who_may_only_look_cannot_act(client: Client) -> None:
    viewer = make_user()
    viewer.is_staff = True
    viewer.save()
    viewer.user_permissions.add(Permission.objects.get(codename="view_promptversion"))
    client.force_login(viewer)
    draft = make_version()
    assert "Make active" not in text_of(client.get(page("change", draft.id)))
    assert "<textarea" not in text_of(client.get(page("change", draft.id)))
    assert text_of(client.get(page("preview", draft.id)))
    assert client.post(page("operate", draft.id, "activate")).status_code == 403
    assert client.post(page("copy_built_in")).status_code == 403
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_who_may_not_look_sees_nothing(client: Client) -> None:
    stranger = make_user()
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    draft = make_version()
    for address in (page("changelist"), page("change", draft.id), page("preview", draft.id)):
        assert client.get(address).status_code == 403
    assert client.get(page("preview_built_in")).status_code == 403


def test_nothing_is_done_by_a_link(operator: Client) -> None:
    draft = make_version()
    assert operator.get(page("operate", draft.id, "activate")).status_code == 405
    assert operator.get(page("copy_built_in")).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = operator.cookies
    assert strict.post(page("operate", draft.id, "activate")).status_code == 403


def test_the_form_has_a_field_for_every_template() -> None:
    assert list(DraftForm.text_fields.values()) == list(TEMPLATES)
