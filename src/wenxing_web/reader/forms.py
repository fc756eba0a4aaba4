"""What members send from the reading room."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wenxing_web.library.models import Facet, Tag
from wenxing_web.library.queries import tags
from wenxing_web.members.models import Member
from wenxing_web.reader.queries import interests_of

SIZES = ("small", "normal", "large")


class NoteForm(forms.Form):
    """A note at a place; without words it is a highlight."""

    paragraph = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    start = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    end = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    text = forms.CharField(max_length=4000, required=False)

    @property
    def phrase(self) -> tuple[int, int] | None:
        """The chosen characters of the paragraph, or `None` for all of it."""
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        return None if start is None or end is None else (start, end)


class PlaceForm(forms.Form):
    """The paragraph that is being read."""

    paragraph = forms.IntegerField(min_value=0, max_value=2**31 - 1)


class SizeForm(forms.Form):
    """How large the text is."""

    size = forms.ChoiceField(choices=[(size, size) for size in SIZES])


class SearchForm(forms.Form):
    """What to look for, and what to narrow it to. A value that makes no sense narrows nothing."""

    year = forms.IntegerField(min_value=1000, max_value=9999, required=False)
    kind = forms.CharField(max_length=10, required=False)
    topic = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class TextForm(forms.Form):
    """New words for a note."""

    text = forms.CharField(max_length=4000, required=False)


def sent(form: forms.Form, field: str) -> Any:
    """A field of a form that may not be valid: its value, or `None`."""
    return form.cleaned_data.get(field) if form.is_valid() else None


class InterestForm(forms.Form):
    """The fields and levels that a member wants to see first."""

    fields_of: Any = forms.ModelMultipleChoiceField(
        label=_("领域"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    levels: Any = forms.ModelMultipleChoiceField(
        label=_("层级"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_of"].queryset = tags(Facet.FIELD)  # type: ignore[attr-defined]
        self.fields["levels"].queryset = tags(Facet.LEVEL)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, member: Member) -> "InterestForm":
        """The form as the member left it."""
        chosen = interests_of(member)
        return cls(initial={"fields_of": chosen, "levels": chosen})

    @property
    def tags(self) -> list[Tag]:
        """What was chosen, once it is valid."""
        return [*self.cleaned_data["fields_of"], *self.cleaned_data["levels"]]
