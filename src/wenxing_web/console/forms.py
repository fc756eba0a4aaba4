"""Forms of the operator's pages."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wenxing_web.demand.forms import AnswersForm
from wenxing_web.library import queries
from wenxing_web.library.actions.name_topic import Season
from wenxing_web.library.models import Code, Draft, Edition, Facet, Kind, Material, Policy, Right, Topic
from wenxing_web.library.queries import edition_of
from wenxing_web.members.forms import AccountForm


class UploadForm(forms.Form):
    """A file to make a draft of."""

    file = forms.FileField(
        label=_("文件"),
        allow_empty_file=True,  # the reader says better what is wrong
        error_messages={"required": _("请选择一个文件。"), "invalid": _("没有收到文件，请再选一次。")},
        widget=forms.FileInput(attrs={"accept": ".docx,.pdf,.txt,.md,.html,.htm,.doc,.wps,.rtf,.odt"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse what is over the limit before reading it."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_LIMIT:
            limit = settings.UPLOAD_LIMIT // 1_000_000
            message = gettext("文件超过 %(limit)s MB，没有收下。请拆成几份，或去掉其中的图片。")
            raise forms.ValidationError(message % {"limit": limit}, code="too-large")
        return file


class CleanForm(forms.Form):
    """Which paragraphs of a draft are left out."""

    remove = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, paragraphs: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remove"].choices = [(number, number) for number in range(paragraphs)]  # type: ignore[attr-defined]


class PolicyForm(forms.Form):
    """Whether copies may differ in wording."""

    policy = forms.TypedChoiceField(choices=Policy.choices, coerce=Policy, widget=forms.RadioSelect)


class OwnSiteForm(forms.Form):
    """A phrase of the text, and what else copies may read there."""

    phrase = forms.CharField(
        label=_("正文里的说法"),
        max_length=60,
        strip=False,
        error_messages={"required": _("请从正文里复制一个说法。")},
    )
    which = forms.IntegerField(label=_("第几次出现"), min_value=1, initial=1, required=False)
    together = forms.BooleanField(label=_("每一次出现都一起变"), required=False)
    other1 = forms.CharField(
        label=_("也可以说成"), max_length=60, error_messages={"required": _("请至少写一种别的说法。")}
    )
    other2 = forms.CharField(label=_("第三种说法"), max_length=60, required=False)
    other3 = forms.CharField(label=_("第四种说法"), max_length=60, required=False)

    def clean_which(self) -> int:
        """The first, unless another is named."""
        return self.cleaned_data["which"] or 1

    def others(self) -> tuple[str, ...]:
        """The wordings that were filled in."""
        return tuple(text for name in ("other1", "other2", "other3") if (text := self.cleaned_data[name]))


class ClassifyForm(forms.Form):
    """The topics a material belongs to, and whom it speaks to."""

    topics: Any = forms.ModelMultipleChoiceField(
        label=_("专题"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    tags: Any = forms.ModelMultipleChoiceField(
        label=_("领域和层级"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].queryset = queries.topics()  # type: ignore[attr-defined]
        self.fields["tags"].queryset = queries.tags()  # type: ignore[attr-defined]

    @property
    def classifying(self) -> list[forms.BoundField]:
        """The two fields, for a template."""
        return [self["topics"], self["tags"]]

    @classmethod
    def of_material(cls, material: Material) -> ClassifyForm:
        """The form as the material stands."""
        return cls(initial={"topics": material.topics.all(), "tags": material.tags.all()})


class TopicForm(forms.Form):
    """A topic of the season."""

    name_zh = forms.CharField(label=_("专题名称"), max_length=40)
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    about_zh = forms.CharField(
        label=_("说明"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    about_en = forms.CharField(
        label=_("英文说明"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    starts_on = forms.DateField(
        label=_("第一天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=_("最后一天（含）"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    @classmethod
    def of(cls, topic: Topic) -> TopicForm:
        """The form as the topic stands."""
        names = ("name_zh", "name_en", "about_zh", "about_en", "starts_on", "ends_on")
        return cls(initial={name: getattr(topic, name) for name in names})

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        said = super().clean() or {}
        first, last = said.get("starts_on"), said.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("最后一天早于第一天。"))
        return said

    @property
    def season(self) -> Season:
        """What was said, once it is valid."""
        return Season(**self.cleaned_data)


class TagForm(forms.Form):
    """A field or a level."""

    facet = forms.TypedChoiceField(label=_("分类"), choices=Facet.choices, coerce=Facet)
    name_zh = forms.CharField(label=_("名称"), max_length=30)
    name_en = forms.CharField(label=_("英文名称"), max_length=60, required=False)


class PublishForm(ClassifyForm, AnswersForm):
    """What a list shows of a material, and by what right it is published."""

    field_order = ["title", "kind", "dated_on", "right", "is_free", "code"]

    title = forms.CharField(label=_("标题"), max_length=200, error_messages={"required": _("请填写标题。")})
    kind = forms.TypedChoiceField(label=_("类别"), choices=Kind.choices, coerce=Kind)
    dated_on = forms.DateField(
        label=_("材料日期"),
        help_text=_("决定哪些会员可以打开：会员可读近期的，以及开通前若干年的材料。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请填写日期。"), "invalid": _("日期请写成 2026-01-31 的样子。")},
    )
    right = forms.TypedChoiceField(
        label=_("凭什么可以发布"),
        choices=Right.choices,
        coerce=Right,
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    is_free = forms.BooleanField(
        label=_("免费：任何人都可以读，不登录也行；按原文发布，不做标记"), required=False
    )
    code = forms.TypedChoiceField(
        label=_("编码"),
        choices=Code.choices,
        coerce=Code,
        required=False,
        empty_value=Code.AUTO,
        help_text=_(
            "一般不用改。如果案件显示有几个账号把各自的副本混在一起外泄，以后的材料可以选“防几人混合”。"
        ),
    )

    @classmethod
    def of(cls, draft: Draft) -> PublishForm:
        """The form as the draft stands."""
        fields = ("title", "kind", "dated_on", "right", "is_free", "code")
        initial = {name: getattr(draft, name) for name in fields}
        return cls(initial={**initial, "topics": draft.topics.all(), "tags": draft.tags.all()})

    def description(self) -> dict[str, Any]:
        """What the draft is, without its topics and tags."""
        return {name: self.cleaned_data[name] for name in self.field_order}


class WhyForm(AccountForm):
    """An account, and a material by the address of its page or the number of its edition."""

    material = forms.CharField(
        label=_("材料的网址或版本号"),
        max_length=200,
        error_messages={"required": _("请粘贴材料的网址。")},
    )

    def clean_material(self) -> Edition:
        """The edition, withdrawn ones too."""
        found = re.search(r"[0-9a-f]{32}", self.cleaned_data["material"].lower())
        edition = edition_of(found[0]) if found else None
        if edition is None:
            raise forms.ValidationError(_("没有这份材料。"))
        return edition
