"""Forms about members, their own and the operator's. `SignupNotice` joins allauth's sign-up form."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wenxing_web.members.actions.acknowledge import acknowledge
from wenxing_web.members.actions.offer import Benefits
from wenxing_web.members.models import Member, Plan
from wenxing_web.members.queries import member_by_email, plans_on_offer

NOTICE = _(
    "我知道：我读到和下载的每一份会员材料都是我的专属副本，在不影响阅读的地方与别人的略有不同；一旦外传，可以据此查到我的账号。"
)


class SignupNotice(forms.Form):
    """Nobody becomes a member without having been told that every copy is their own."""

    nickname = forms.CharField(label=_("称呼"), max_length=40, required=False)
    notice = forms.BooleanField(
        label=NOTICE, error_messages={"required": _("请先确认您已经知道每一份材料都是专属副本。")}
    )
    field_order = ["email", "password1", "nickname", "notice"]

    def signup(self, _request: HttpRequest, user: Member) -> None:
        """Called by allauth once the account exists."""
        user.nickname = self.cleaned_data["nickname"].strip()
        user.save(update_fields=["nickname"])
        acknowledge(user, at=timezone.now())


class NicknameForm(forms.Form):
    """How a member wants to be called."""

    nickname = forms.CharField(label=_("称呼"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nickname"].widget.attrs["autocomplete"] = "nickname"


class AccountForm(forms.Form):
    """An account, named by its address: the operator has it from the member, pages never show it."""

    email = forms.EmailField(label=_("会员的邮箱"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))

    def clean_email(self) -> Member:
        """The account itself."""
        member = member_by_email(self.cleaned_data["email"])
        if member is None:
            raise forms.ValidationError(_("没有用这个邮箱注册的账号。"))
        return member


class GrantForm(AccountForm):
    """A term for an account."""

    plan: Any = forms.ModelChoiceField(label=_("方案"), queryset=None, empty_label=None)
    months = forms.IntegerField(
        label=_("月数"), required=False, min_value=1, max_value=120, help_text=_("不填则按方案的期限。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].queryset = plans_on_offer()  # type: ignore[attr-defined]


class BenefitsForm(forms.Form):
    """What a plan opens besides documents."""

    opens_room = forms.BooleanField(label=_("可进会员会客厅"), required=False, initial=True)
    request_priority = forms.IntegerField(
        label=_("求稿优先级"),
        required=False,
        min_value=0,
        max_value=9,
        initial=0,
        help_text=_("0 到 9，数字大的先安排。"),
    )
    downloads_a_day = forms.IntegerField(
        label=_("每天下载几份"),
        required=False,
        min_value=0,
        max_value=1000,
        initial=0,
        help_text=_("0 为不限。"),
    )

    @classmethod
    def of(cls, plan: Plan) -> "BenefitsForm":
        """The form as the plan stands."""
        fields = ("opens_room", "request_priority", "downloads_a_day")
        return cls(initial={name: getattr(plan, name) for name in fields}, auto_id=f"benefits{plan.pk}_%s")

    @property
    def benefits(self) -> Benefits:
        """What was said, once it is valid."""
        said = self.cleaned_data
        return Benefits(said["opens_room"], said["request_priority"] or 0, said["downloads_a_day"] or 0)


class PlanForm(BenefitsForm):
    """A new plan."""

    field_order = ["name_zh", "name_en", "years_back", "months", "last_day", "price"]

    name_zh = forms.CharField(label=_("中文名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=60)
    years_back = forms.IntegerField(
        label=_("可读此前几年"),
        required=False,
        min_value=0,
        max_value=100,
        initial=3,
        help_text=_("不填则全部年份都可读。"),
    )
    months = forms.IntegerField(label=_("期限（月）"), min_value=1, max_value=120, initial=12)
    last_day = forms.DateField(
        label=_("或固定到期日（含）"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("填了就都到这一天为止，不论哪天开通。"),
    )
    price = forms.DecimalField(
        label=_("价格（元）"), required=False, min_value=0, max_digits=9, decimal_places=2
    )

    def clean_last_day(self) -> date | None:
        """Not in the past."""
        day: date | None = self.cleaned_data["last_day"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("这一天已经过去了。"))
        return day


class EraseForm(forms.Form):
    """Deleting an account needs its password and a deliberate tick."""

    password = forms.CharField(
        label=_("密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    sure = forms.BooleanField(label=_("我知道：删除之后不能恢复。"))

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._member = member

    def clean_password(self) -> str:
        """The account's own."""
        password: str = self.cleaned_data["password"]
        if not self._member.check_password(password):
            raise forms.ValidationError(_("密码不对。"))
        return password
