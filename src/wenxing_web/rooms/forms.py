"""What members and operators send about rooms."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wenxing_web.rooms.queries import Cursor

LONGEST = 2000  # characters of a message
_NUMBER = 2**62
_UNSEEN = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])  # turn text around
_BLANK = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])


class Words(forms.CharField):
    """What somebody says: plain text of at most 2,000 characters, lines ended one way.

    Not limited in the browser, which would cut off what is pasted without a word.
    """

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> str:
        """The text without characters that turn the direction of what follows."""
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").translate(_UNSEEN).strip()
        if any(ord(c) < 32 and c not in "\n\t" for c in text):
            raise ValidationError(_("这段话里有看不见的控制字符，没有发出去。请去掉后再发。"))
        if len(text) > LONGEST:
            facts = {"most": LONGEST, "over": len(text) - LONGEST}
            raise ValidationError(_("一条最多 %(most)s 字，多了 %(over)s 字。可以分成几条发。") % facts)
        return text if text.translate(_BLANK).strip() else ""


class SayForm(forms.Form):
    """A message, what it answers, and the paragraph that it quotes."""

    client = forms.UUIDField(
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("这个页面有些旧了，写好的话还在，请再发一次。")
        )
    )
    text = Words(label=gettext_lazy("说点什么"), required=False)
    reply = forms.IntegerField(required=False, min_value=1, max_value=_NUMBER)
    quote = forms.RegexField(r"^[0-9a-f]{32}$", required=False)
    p = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)

    def clean(self) -> dict[str, Any]:
        """Something is said, or quoted."""
        said = super().clean() or {}
        quoting = bool(said.get("quote")) and said.get("p") is not None
        if not self.errors and not said.get("text") and not quoting:
            self.add_error("text", _("还没有写字，写一句再发吧。"))
        return said

    @property
    def client_value(self) -> str:
        """The identity of the message to be sent: the same until it was taken."""
        if self.is_bound and "client" not in self.errors:
            return str(self.cleaned_data["client"])
        return str(uuid4())


class EditForm(forms.Form):
    """New words for a message; none are enough when it quotes."""

    text = Words(label=gettext_lazy("改成"), required=False)

    def __init__(self, *args: Any, quotes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._quotes = quotes

    def clean(self) -> dict[str, Any]:
        """Something is left."""
        said = super().clean() or {}
        if not self.errors and not said.get("text") and not self._quotes:
            self.add_error("text", _("没有字了。想收回这条，请用“删除”。"))
        return said


class ReasonForm(forms.Form):
    """Why a message is reported."""

    reason = forms.CharField(
        label=gettext_lazy("哪里不妥"),
        required=False,
        max_length=500,
        error_messages={"max_length": gettext_lazy("请写在 500 字以内。")},
    )


class CursorForm(forms.Form):
    """What an open page shows, see `Cursor`."""

    since = forms.IntegerField(min_value=0, max_value=_NUMBER)
    first = forms.IntegerField(min_value=0, max_value=_NUMBER)
    last = forms.IntegerField(min_value=0, max_value=_NUMBER)
    posted = forms.IntegerField(min_value=0, max_value=_NUMBER)

    @property
    def cursor(self) -> Cursor | None:
        """What it says; `None` when that cannot be."""
        return Cursor(**self.cleaned_data) if self.is_valid() else None


class MuteForm(forms.Form):
    """For how long an account says nothing, and why."""

    hours = forms.TypedChoiceField(
        label=gettext_lazy("多久"),
        coerce=int,
        initial=24,
        choices=[
            (1, gettext_lazy("1 小时")),
            (24, gettext_lazy("1 天")),
            (168, gettext_lazy("7 天")),
            (720, gettext_lazy("30 天")),
        ],
    )
    because = forms.CharField(
        label=gettext_lazy("理由（本人会看到）"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写一句理由，本人会看到。")},
    )


class SlowForm(forms.Form):
    """Seconds between two messages of an account."""

    seconds = forms.IntegerField(
        label=gettext_lazy("每人两条之间隔几秒"),
        min_value=0,
        max_value=3600,
        help_text=gettext_lazy("0 为不限，最多 3600 秒。"),
    )
