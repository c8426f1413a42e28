"""Forms of the money desk."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Province
from subsidies.bank.rows import MOST_BYTES
from subsidies.models import BudgetProposal
from subsidies.selectors.ledger import funds
from subsidies.workflow.money import Event

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
    """A budget document to enter. `provinces` are the codes the person works in; `amount` becomes integer fen."""

    kind = forms.ChoiceField(
        label=_("What the document does"),
        choices=BudgetProposal.Kind.choices,
        initial=BudgetProposal.Kind.ISSUE,
    )
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
        required=False,
        help_text=_(
            "Leave this empty to close a year: what is left goes back, what is set aside is carried on."
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}),
    )
    document = forms.CharField(
        label=_("Number of the document"), max_length=80, help_text=_("As printed on it, with its year.")
    )
    purpose = forms.CharField(
        label=_("Reason"),
        max_length=500,
        required=False,
        help_text=_("Needed where a budget is raised, cut or closed."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, provinces: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = list(funds().items())
        self.fields["province"].queryset = Province.objects.filter(code__in=provinces)

    def clean_amount(self) -> int:
        text = self.cleaned_data["amount"]
        if not text and self.data.get("kind") == BudgetProposal.Kind.CLOSE:
            return 0
        return fen_of(text)


class StatementForm(forms.Form):
    """What narrows the statement of an account; every field may be empty."""

    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    event = forms.ChoiceField(
        label=pgettext_lazy("posting", "What happened"),
        required=False,
        choices=[("", _("Everything")), *Event.choices],
    )


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
