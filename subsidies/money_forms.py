"""Forms of the money desk."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Province
from subsidies.bank.rows import MOST_BYTES
from subsidies.selectors.money import funds

_AMOUNT = re.compile(r"(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?", re.ASCII)
_MOST_DIGITS = 15


def fen_of(text: str) -> int:
    """Integer fen of an amount in yuan as typed: `5,000,000`, `１２０．５`, `¥1200.00`. Raises ValidationError."""
    plain = unicodedata.normalize("NFKC", text).replace("¥", "").replace(" ", "").replace("元", "")
    if not _AMOUNT.fullmatch(plain) or len(plain) > _MOST_DIGITS + 8:
        raise forms.ValidationError(
            _("Type an amount in yuan above zero, with at most two decimals, for example 5,000,000.00."),
            code="amount",
        )
    whole, _dot, part = plain.replace(",", "").partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


class BudgetForm(forms.Form):
    """A budget document to enter. `provinces` are the codes the person works in."""

    province = forms.ModelChoiceField(Province.objects.none(), label=_("Province"), empty_label=None)
    fund = forms.ChoiceField(label=_("Fund"))
    year = forms.IntegerField(
        label=_("Budget year"),
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
        error_messages={"invalid": _("Type a year in four digits.")},
    )
    amount = forms.CharField(
        label=_("Amount in yuan"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}),
    )
    document = forms.CharField(
        label=_("Number of the document"), max_length=80, help_text=_("As printed on it, with its year.")
    )

    def __init__(self, *args: Any, provinces: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = list(funds().items())
        self.fields["province"].queryset = Province.objects.filter(code__in=provinces)

    def clean_amount(self) -> int:
        return fen_of(self.cleaned_data["amount"])


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("State the reason.")},
    )


class AnswerForm(forms.Form):
    file = forms.FileField(
        label=_("Answer file of the bank"),
        help_text=_("In the format that the bank profile of this batch names."),
        allow_empty_file=True,
        error_messages={"required": _("Choose the file that the bank sent.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."), code="too_large")
        return file
