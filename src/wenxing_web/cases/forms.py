"""Forms of reports, hearings and rulings. A form that is refused keeps what was typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MOST_CHARACTERS = 2_000_000


MOST_FILES = 10  # of one report
MOST_BYTES = 50_000_000  # of all of them; a whole request may have a little more


class _FilesInput(forms.FileInput):
    """A field for files in which several may be chosen."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each checked as one."""

    widget = _FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """A list, empty when nothing was chosen."""
        files = data if isinstance(data, list | tuple) else [data]
        return [file for file in (super(FilesField, self).clean(one, initial) for one in files) if file]


class ReportForm(forms.Form):
    """What somebody saw: text, a file, or a link; at least one."""

    text = forms.CharField(
        label=_("看到的文字"),
        required=False,
        strip=False,  # the exhibit is kept as it came
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("越长越好：一般要 1,500 到 2,500 字才查得出。"),
        error_messages={"max_length": _("文字请不要超过 2,000,000 字；更长的请存成文件上传。")},
    )
    file = FilesField(
        label=_("或上传文件、截图、照片"),
        required=False,
        max_length=200,
        help_text=_(
            "可以一次选多个，例如一份材料的几页截图：最多 10 个，每个不超过 20 MB，一共不超过 50 MB。"
            "能读的有 Word、PDF、文本、网页、图片（PNG、JPEG、WebP）和它们的 ZIP 压缩包；"
            "别的格式也收，由人来看。文件原样保存。"
        ),
        error_messages={"empty": _("这个文件是空的。"), "max_length": _("文件名太长，请改短后再上传。")},
    )
    link = forms.CharField(label=_("或卖家的链接"), required=False, max_length=500)
    price = forms.CharField(label=_("标价"), required=False, max_length=40)
    remark = forms.CharField(
        label=_("补充说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_file(self) -> list[UploadedFile[bytes]]:
        """Refuse what is over the limits."""
        files: list[UploadedFile[bytes]] = self.cleaned_data.get("file") or []
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                gettext("一次最多 %(most)d 个文件，请分几次提交。") % {"most": MOST_FILES}
            )
        if any((file.size or 0) > settings.UPLOAD_LIMIT for file in files):
            most = {"most": settings.UPLOAD_LIMIT // 1_000_000}
            raise forms.ValidationError(gettext("文件超过 %(most)d MB，请只上传其中一部分。") % most)
        if sum(file.size or 0 for file in files) > MOST_BYTES:
            most = {"most": MOST_BYTES // 1_000_000}
            raise forms.ValidationError(gettext("这些文件一共超过 %(most)d MB，请分几次提交。") % most)
        return files

    @property
    def given(self) -> dict[str, Any]:
        """What the action `report` takes."""
        given = dict(self.cleaned_data)
        files = given.pop("file")
        return {**given, "file": files[0] if files else None, "more": files[1:]}

    def clean(self) -> dict[str, Any]:
        """At least one thing to look at."""
        cleaned: dict[str, Any] = super().clean() or {}
        given = any(str(cleaned.get(name) or "").strip() for name in ("text", "file", "link"))
        if not given and not self.errors:
            raise forms.ValidationError(gettext("请粘贴文字、选择文件，或填写链接，至少一项。"))
        return cleaned


class MemberReportForm(ReportForm):
    """A signed-in member may link the report to the account, or not."""

    linked = forms.BooleanField(
        label=_("归入我的账号（查实后一年会员直接开通）"), required=False, initial=True
    )


class AnswerForm(forms.Form):
    """The account's own words."""

    answer = forms.CharField(
        label=_("您的说明"), max_length=4000, strip=True, widget=forms.Textarea(attrs={"rows": 10})
    )


class ExhibitForm(ReportForm):
    """An operator adds what was found or bought: the same fields as a report."""


class AskForm(forms.Form):
    """How long the account has to answer."""

    days = forms.IntegerField(label=_("答复期限（天）"), min_value=3, max_value=60, initial=7)


class RulingForm(forms.Form):
    """A decision's reasons; for a confirmation also which accounts, and which reports do not count."""

    reasons = forms.CharField(
        label=_("理由"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("被询问的账号会看到理由。请不要写举报人和其他账号的信息。"),
    )
    numbers = forms.TypedMultipleChoiceField(label=_("认定的编号"), coerce=int, required=False)
    set_aside = forms.TypedMultipleChoiceField(label=_("不计奖励的举报"), coerce=int, required=False)

    def __init__(self, *args: Any, numbers: Iterable[int], reports: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (("numbers", numbers), ("set_aside", reports)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedMultipleChoiceField)
            field.choices = [(value, str(value)) for value in values]
