"""Forms about redemption codes and tables of members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wenxing_web.billing.actions.make import MOST_CODES
from wenxing_web.members.queries import plans_on_offer

_LARGEST = 1_000_000  # bytes of a file, characters of a pasted table


class RedeemForm(forms.Form):
    """A code, as it is printed."""

    code = forms.CharField(
        label=_("兑换码"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("16 个字母和数字。大小写、空格和短横都不要紧。"),
        error_messages={"max_length": _("没有这个兑换码。请对照原样再输一遍：16 个字母和数字。")},
    )


class BatchForm(forms.Form):
    """A batch of codes to be made."""

    plan: Any = forms.ModelChoiceField(label=_("方案"), queryset=None, empty_label=None)
    count = forms.IntegerField(label=_("个数"), min_value=1, max_value=MOST_CODES, initial=20)
    last_day = forms.DateField(
        label=_("可兑换到（含）"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不填则一直可以兑换。"),
    )
    form = forms.ChoiceField(
        label=_("拿到的样子"), choices=[("page", _("可打印的网页")), ("csv", _("CSV 表格"))], initial="page"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans_on_offer()  # type: ignore[attr-defined]

    def clean_last_day(self) -> Any:
        """Not in the past."""
        day = self.cleaned_data["last_day"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("这一天已经过去了。"))
        return day


class VoidForm(forms.Form):
    """Which code of a batch."""

    serial = forms.IntegerField(label=_("序号"), required=False, min_value=1, max_value=MOST_CODES)


class AdmissionForm(forms.Form):
    """A table of members, as a file or pasted; `table` is its text."""

    file = forms.FileField(
        label=_("CSV 文件"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt"}),
    )
    text = forms.CharField(
        label=_("或粘贴表格"), required=False, max_length=_LARGEST, widget=forms.Textarea(attrs={"rows": 6})
    )

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        said = super().clean() or {}
        file: UploadedFile[bytes] | None = said.get("file")
        table = _decoded(file) if file else said.get("text", "")
        if not table.strip() and not self.errors:
            raise forms.ValidationError(_("请选择一个文件，或粘贴表格。"))
        return {**said, "table": table}


def _decoded(file: UploadedFile[bytes]) -> str:
    """The text of a file as spreadsheets write it: UTF-8, or what Chinese Windows calls ANSI."""
    if (file.size or 0) > _LARGEST:
        raise forms.ValidationError(_("表格太大：不超过 1 MB。"))
    data: bytes = file.read()
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise forms.ValidationError(_("认不出文件的编码，请另存为 UTF-8 的 CSV。"))
