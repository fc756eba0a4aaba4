"""How an account wants to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wenxing_web.notices.models import Kind, Mail


class ChoicesForm(forms.Form):
    """A row for each kind of notice, and the language of letters."""

    language = forms.ChoiceField(label=_("邮件用的语言"), required=False)

    def __init__(
        self, data: Any = None, *, chosen: Mapping[Kind, tuple[bool, Mail]], language: str | None
    ) -> None:
        super().__init__(data, initial={"language": language or ""})
        self.kinds = tuple(chosen)
        field = self.fields["language"]
        field.choices = [("", _("中文和英文")), ("zh-hans", _("中文")), ("en", _("英文"))]  # type: ignore[attr-defined]
        for kind, (at_bell, mail) in chosen.items():
            self.fields[f"{kind}-bell"] = forms.BooleanField(
                label=_("在铃铛里"), required=False, initial=at_bell
            )
            self.fields[f"{kind}-mail"] = forms.ChoiceField(
                label=_("邮件"), choices=Mail.choices, initial=mail
            )

    def rows(self) -> list[tuple[Kind, forms.BoundField, forms.BoundField]]:
        """Kind, its box for the bell, its choice for e-mail."""
        return [(kind, self[f"{kind}-bell"], self[f"{kind}-mail"]) for kind in self.kinds]

    def wanted(self) -> dict[Kind, tuple[bool, Mail]]:
        """What was chosen, by kind; of a valid form."""
        said = self.cleaned_data
        return {kind: (said[f"{kind}-bell"], Mail(said[f"{kind}-mail"])) for kind in self.kinds}
