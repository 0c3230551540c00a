"""The versions of the prompt texts: written, previewed, put to use, and compared by what came of them."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template import TemplateSyntaxError
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from accounts.audit.admin_trail import AuditedAdmin
from accounts.models import User
from codegen_site.errors import CallerFault, ValidationException
from generation.admin.prompt_form import DraftForm
from generation.admin.prompt_outcomes import WindowFilter, outcome_table
from generation.admin.prompt_preview import USUAL_FRAMEWORK, preview_of
from generation.models import PromptVersion
from generation.pipeline.build_prompt import TEMPLATES
from generation.prompts import editing
from generation.prompts.builtin import complete
from generation.prompts.texts import compile_texts

State = PromptVersion.State
FACTS = ["state_and_share", "version", ("created_by", "created_at", "activated_at")]
# What can be done, by the state in which it can; anything can be copied.
ACTIVATE = ("activate", "Make active")
CANDIDATE = ("candidate", "Make it the candidate for")
COPY = ("copy", "Copy to a new draft")
RETIRE = ("retire", "Retire")
OPERATIONS = {
    State.DRAFT: (ACTIVATE, CANDIDATE, COPY),
    State.CANDIDATE: (ACTIVATE, CANDIDATE, COPY, RETIRE),
    State.ACTIVE: (COPY, RETIRE),
    State.RETIRED: (ACTIVATE, CANDIDATE, COPY),
    State.MIRRORED: (COPY,),
}


@admin.register(PromptVersion)
class PromptVersionAdmin(AuditedAdmin[PromptVersion]):
    """A version is changed while it is a draft; whatever has been in use stays as it was."""

    audit_kind = "prompt_version"
    told_elsewhere = frozenset({"changed"})
    audit_fields = ("name", "notes", "state", "share")
    form = DraftForm
    list_display = ["name", "state_and_share", "version", "created_by", "created_at", "activated_at"]
    list_filter = [WindowFilter, "state"]
    list_select_related = ["created_by"]
    search_fields = ["name", "notes"]
    change_list_template = "admin/generation/promptversion/change_list.html"
    change_form_template = "admin/generation/promptversion/change_form.html"
    readonly_fields = [
        "state_and_share",
        "version",
        "created_by",
        "created_at",
        "activated_at",
        "shown_texts",
    ]
    # The one that is in use may be among those that are ticked.
    actions = None

    class Media:
        css = {"all": ["generation/prompts.css"]}

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"generation_promptversion_{name}")

        return [
            page("built-in/copy/", require_POST(self.copy_built_in), "copy_built_in"),
            page("built-in/preview/", self.preview, "preview_built_in"),
            page("<int:version_id>/preview/", self.preview, "preview"),
            page("<int:version_id>/<str:operation>/run/", require_POST(self.operate), "operate"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new one is a copy, of the built-in version or of another."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: PromptVersion | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: PromptVersion | None = None) -> bool:
        is_free = obj is None or obj.state in editing.CAN_DELETE
        return super().has_delete_permission(request, obj) and is_free

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("generation.change_promptversion")

    def get_fieldsets(self, request: HttpRequest, obj: PromptVersion | None = None) -> Any:
        is_open = self.has_change_permission(request, obj)
        texts = list(DraftForm.text_fields) if is_open else ["shown_texts"]
        return [(None, {"fields": ["name", "notes", *FACTS]}), ("Texts", {"fields": texts})]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # The texts are fields of the form, and not of the model.
        return super().get_form(request, obj, change, **{**kwargs, "fields": ["name", "notes"]})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_operate = self.has_operate_permission(request)
        context = {**outcome_table(request), "may_operate": may_operate, **(extra_context or {})}
        return super().changelist_view(request, context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if version := context.get("original"):
            context |= outcome_table(request, version)
            may_operate = self.has_operate_permission(request)
            context["operations"] = OPERATIONS[version.state] if may_operate else ()
        return super().render_change_form(request, context, *args, **kwargs)

    def preview(self, request: HttpRequest, version_id: int | None = None) -> HttpResponse:
        version = get_object_or_404(PromptVersion, id=version_id) if version_id else None
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        shown = preview_of(version, framework=request.GET.get("framework", USUAL_FRAMEWORK))
        context = {**self.admin_site.each_context(request), "opts": self.opts, **shown}
        return render(request, "admin/generation/promptversion/preview.html", context)

    def save_model(self, request: HttpRequest, obj: PromptVersion, form: Any, change: bool) -> None:
        try:
            editing.edit_draft(version_id=obj.id, name=obj.name, notes=obj.notes, texts=form.texts)
        except CallerFault as error:  # it has been put to use since the page was opened
            self.message_user(request, error.message, messages.ERROR)

    def copy_built_in(self, request: HttpRequest) -> HttpResponse:
        return self._operate(request, None, COPY[0])

    def operate(self, request: HttpRequest, version_id: int, operation: str) -> HttpResponse:
        return self._operate(request, get_object_or_404(PromptVersion, id=version_id), operation)

    def _operate(self, request: HttpRequest, version: PromptVersion | None, operation: str) -> HttpResponse:
        if not self.has_operate_permission(request):
            raise PermissionDenied
        try:
            changed = _run(request, version, operation)
        except CallerFault as error:
            self.message_user(request, _sentence_of(error), messages.ERROR)
            return HttpResponseRedirect(_page_of(version))
        share = f", {changed.share} %" if changed.share else ""
        self.log_change(request, changed, f"{operation}{share}")
        self.message_user(request, f"{changed}: {changed.state}{share}.", messages.SUCCESS)
        return HttpResponseRedirect(_page_of(changed))

    @admin.display(description="state", ordering="state")
    def state_and_share(self, version: PromptVersion) -> SafeString:
        share = f" {version.share} %" if version.share else ""
        return format_html('<span class="prompt-state prompt-{0}">{0}{1}</span>', version.state, share)

    @admin.display(description="version")
    def version(self, version: PromptVersion) -> str:
        """As it stands in each generation and attempt that had these texts."""
        try:
            return compile_texts(version.name, complete(version.texts)).version
        except TemplateSyntaxError:
            return "cannot be used"

    @admin.display(description="texts")
    def shown_texts(self, version: PromptVersion) -> SafeString:
        texts = complete(version.texts)
        shown = ((name, texts[name]) for name in TEMPLATES)
        return format_html_join("", '<h3>{}</h3><pre class="prompt-text">{}</pre>', shown)


def _run(request: HttpRequest, version: PromptVersion | None, operation: str) -> PromptVersion:
    """The version that was changed, or made. Raises `CallerFault`."""
    if operation == COPY[0]:
        return editing.copy_to_draft(of=version, by=request.user if isinstance(request.user, User) else None)
    if version is None:
        raise ValidationException("The built-in version cannot be changed.")
    if operation == ACTIVATE[0]:
        return editing.activate_version(version_id=version.id)
    if operation == RETIRE[0]:
        return editing.retire_version(version_id=version.id)
    if operation == CANDIDATE[0]:
        share = request.POST.get("share", "")
        return editing.make_candidate(version_id=version.id, share=int(share) if share.isdecimal() else 0)
    raise ValidationException(f"There is nothing called {operation!r} to be done.")


def _page_of(version: PromptVersion | None) -> str:
    if version is None:
        return reverse("admin:generation_promptversion_changelist")
    return reverse("admin:generation_promptversion_change", args=[version.id])


def _sentence_of(error: CallerFault) -> str:
    found = [f"{detail['field']}: {detail['message']}" for detail in error.details or []]
    return " ".join([error.message, *found])
