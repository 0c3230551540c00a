from typing import Any, ClassVar

from django import forms

from generation.models import PromptVersion
from generation.pipeline.build_prompt import TEMPLATES
from generation.prompts.builtin import complete
from generation.prompts.checking import problems_of

MAX_ROWS = 40


def field_of(template: str) -> str:
    return f"text_{template.removesuffix('.txt')}"


class DraftForm(forms.ModelForm[PromptVersion]):
    """A draft with a text for each template; it is stored only if all of them can be used."""

    text_fields: ClassVar = {field_of(template): template for template in TEMPLATES}
    texts: dict[str, str]

    class Meta:
        model = PromptVersion
        fields = ["name", "notes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = complete(self.instance.texts)
        for field, template in self.text_fields.items():
            source = texts[template]
            rows = min(MAX_ROWS, source.count("\n") + 4)
            self.fields[field] = forms.CharField(
                label=template,
                initial=source,
                strip=False,
                widget=forms.Textarea(attrs={"rows": rows, "class": "prompt-source"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.texts = {
            # A browser sends the line breaks of a form as CRLF.
            template: cleaned[field].replace("\r\n", "\n")
            for field, template in self.text_fields.items()
            if field in cleaned
        }
        for template, problems in problems_of(complete(self.texts)).items():
            self.add_error(field_of(template), problems)
        return cleaned
