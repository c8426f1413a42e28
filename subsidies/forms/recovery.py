"""Forms of the recovery desk and of the payee."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import User
from portal.templatetags.zhixun import yuan
from subsidies.forms.money import fen_of
from subsidies.models import Entitlement, Fund, RecoveryOrder, Sanction
from subsidies.selectors import recovery as asked

_WORDS = forms.Textarea(attrs={"rows": 2})


def _amount(*, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=_("Amount in yuan"),
        max_length=40,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num"}),
    )


def _day(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Type a date as 2026-12-31.")},
    )


class ReasonedForm(forms.Form):
    """Why, in words."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=_WORDS, error_messages={"required": _("State the reason.")}
    )


class BareForm(forms.Form):
    """Nothing to fill in: the button says it all."""


class _WithAmount(forms.Form):
    def clean_amount(self) -> int | None:
        text = self.cleaned_data["amount"]
        return fen_of(text) if text else None


class ProposeForm(_WithAmount):
    """A payment to recover, by the number of its claim. `user` narrows which payments there are."""

    claim = forms.CharField(label=_("Number of the claim"), max_length=40)
    fund = forms.ChoiceField(label=_("Fund"), required=False)
    ground = forms.ChoiceField(label=_("Ground"), choices=RecoveryOrder.Ground.choices)
    amount = _amount(required=False, help_text=_("Leave this empty to recover all that was paid."))
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=_WORDS, error_messages={"required": _("State the reason.")}
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["fund"].choices = [("", "—"), *((fund.code, fund.name) for fund in Fund.objects.all())]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        number = said.get("claim", "").strip()
        rows = asked.paid_visible_to(self.user).filter(claim__number=number)
        if said.get("fund"):
            rows = rows.filter(fund=said["fund"])
        found = list(rows[:2]) if number else []
        if number and not found:
            self.add_error("claim", _("No sum paid for this claim stands in your province."))
        elif len(found) > 1:
            self.add_error("fund", _("This claim was paid from several funds. Choose one."))
        elif found:
            said["entitlement"] = found[0]
        return said


class DocumentForm(forms.Form):
    document = forms.CharField(
        label=_("Number of the document"),
        max_length=80,
        error_messages={"required": _("Type the number of the document.")},
    )


class RepaymentForm(_WithAmount):
    amount = _amount()
    reference = forms.CharField(
        label=_("Reference of the bank"),
        max_length=80,
        help_text=_("As on the bank's statement; each counts once."),
        error_messages={"required": _("Type the bank's reference of the repayment.")},
    )


class WriteOffForm(_WithAmount):
    amount = _amount()
    document = forms.CharField(
        label=_("Number of the document"),
        max_length=80,
        error_messages={"required": _("Type the number of the document.")},
    )


def _offered(row: Entitlement) -> str:
    return f"{row.claim.number} · {yuan(row.due_fen)}"


class OffsetForm(_WithAmount):
    """A sum about to be paid to the same payee. `choices` are the ones there are."""

    entitlement = forms.ModelChoiceField(
        Entitlement.objects.none(), label=_("Sum to be paid"), empty_label=None
    )
    amount = _amount(required=False, help_text=_("Leave this empty to offset as much as both sums allow."))

    def __init__(self, *args: Any, order: RecoveryOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entitlement"].queryset = asked.offsettable(order)
        self.fields["entitlement"].label_from_instance = _offered


class PlanForm(forms.Form):
    """A plan as lines of text: a day and an amount."""

    parts = forms.CharField(
        label=_("Dated parts"),
        help_text=_(
            "One part in each line: the day, a space, the amount in yuan. For example 2026-12-31 500.00."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "num"}),
    )

    def clean_parts(self) -> list[tuple[dt.date, int]]:
        parts = []
        for number, line in enumerate(self.cleaned_data["parts"].splitlines(), 1):
            if not line.strip():
                continue
            day, _space, amount = line.strip().partition(" ")
            try:
                parts.append((dt.date.fromisoformat(day), fen_of(amount.strip())))
            except (ValueError, forms.ValidationError) as broken:
                told = _("Line %(n)s is not a day and an amount: %(line)s")
                raise forms.ValidationError(
                    told, code="line", params={"n": number, "line": line.strip()[:60]}
                ) from broken
        return parts


class SanctionForm(forms.Form):
    kind = forms.ChoiceField(label=_("Sanction"), choices=Sanction.Kind.choices)
    starts_on = _day(pgettext_lazy("sanction", "First day"))
    ends_on = _day(pgettext_lazy("sanction", "Last day"), required=False)
    document = forms.CharField(label=_("Number of the document"), max_length=80)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=_WORDS)


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Your reply"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write what you want to say.")},
    )
