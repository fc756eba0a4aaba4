"""What members and editors write on the board."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wenxing_web.demand.models import TEXT, TITLE, Request
from wenxing_web.demand.queries import request_numbered, waiting
from wenxing_web.library.models import Edition, Kind
from wenxing_web.library.queries import editions


class AskForm(forms.Form):
    """A request."""

    title = forms.CharField(
        label=_("想要什么材料"),
        max_length=TITLE,
        error_messages={
            "required": _("请用一句话写明想要什么。"),
            "max_length": _("题目最多 60 个字，细节请写在下面。您写的还在，删短一些就可以。"),
        },
    )
    kind = forms.TypedChoiceField(label=_("类别"), choices=Kind.choices, coerce=Kind, initial=Kind.SPEECH)
    text = forms.CharField(
        label=_("用在什么场合、给谁看、有什么要求（可不填）"),
        max_length=TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("最多 1000 个字。您写的还在，删短一些就可以。")},
    )

    @classmethod
    def of(cls, request: Request) -> "AskForm":
        """The form as the request stands."""
        return cls(initial={"title": request.title, "kind": request.kind, "text": request.text})


class DeclineForm(forms.Form):
    """Why a request is not answered."""

    reason = forms.CharField(
        label=_("为什么暂不安排（会员看得到）"),
        max_length=300,
        error_messages={"required": _("请写明原因，求稿的人会看到。")},
    )


class FulfilForm(forms.Form):
    """The edition that answers a request."""

    edition: Any = forms.ModelChoiceField(
        label=_("哪份材料回应了它"), queryset=None, empty_label=None, to_field_name="identity"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        latest = editions().filter(withdrawn_at__isnull=True).order_by("-published_at", "-id")
        self.fields["edition"].queryset = latest  # type: ignore[attr-defined]
        self.fields["edition"].label_from_instance = _title_of  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """The request that takes over another's votes."""

    into = forms.IntegerField(label=_("并入第几号"), min_value=1, max_value=2**31 - 1)

    def clean_into(self) -> Request:
        """A request that waits."""
        found = request_numbered(self.cleaned_data["into"])
        if found is None or not found.waits:
            raise forms.ValidationError(_("没有这一号，或者它已经有结果了。"))
        return found


class AnswersForm(forms.Form):
    """The requests that an edition about to be published answers."""

    answers: Any = forms.ModelMultipleChoiceField(
        label=_("回应哪些求稿"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answers"].queryset = waiting()  # type: ignore[attr-defined]


def _title_of(edition: Edition) -> str:
    return f"{edition.material.title} · {edition.material.dated_on}"
