"""What is filled in at the desk of findings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Province
from subsidies.fraud.numbers import NUMBERS
from subsidies.selectors.fraud.register import CHECKS


class FindingsForm(forms.Form):
    """Filters of the list. What cannot be read filters nothing."""

    check = forms.ChoiceField(choices=[], required=False)
    province = forms.ModelChoiceField(Province.objects.all(), required=False, empty_label=_("Province"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["check"].choices = [
            ("", _("All checks")),
            *((check.code, f"{check.number} · {check.title}") for check in CHECKS),
        ]

    def values(self) -> dict[str, str]:
        cleaned = self.cleaned_data if self.is_valid() else {}
        province = cleaned.get("province")
        return {"check": cleaned.get("check") or "", "province": province.pk if province else ""}


class TermsForm(forms.Form):
    """One number of the checks, from a day on; the others stay as they are on that day."""

    name = forms.ChoiceField(label=pgettext_lazy("check", "Number"), choices=[])
    value = forms.IntegerField(label=_("New value"), min_value=0, max_value=100_000)
    starts_on = forms.DateField(
        label=_("From this day on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("State the reason.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = [(name, number.title) for name, number in NUMBERS.items()]
