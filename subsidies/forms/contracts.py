"""What an officer fills in of a project contract. The rules are those of the service; here it is only read."""

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.selectors.occupations import OtherEdition, UnknownOccupation, occupation_named
from portal.accounts.models import Organisation, Province
from subsidies.forms.money import fen_of
from subsidies.forms.policies import DayField, worded
from subsidies.models import Programme, ProjectContract
from subsidies.policy.typed import yuan
from subsidies.policy.words import LEVELS
from subsidies.services.contracts import (
    LONGEST_REASON,
    MOST_COURSES,
    MOST_HOURS,
    MOST_PEOPLE,
    BadTerms,
    Terms,
)

_BETWEEN = re.compile(r"[\s,，、;；]+")
_NUMBER = forms.TextInput(attrs={"inputmode": "numeric", "class": "num"})
_MONEY = forms.TextInput(attrs={"inputmode": "decimal", "class": "num"})
LONGEST_CODES: Final = MOST_COURSES * 50


def _whole(label: Any, least: int, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=_NUMBER,
        error_messages={"invalid": _("Enter a whole number.")},
        **more,
    )


def _levels() -> list[tuple[str, Any]]:
    return [("", _("every level")), *((str(level), worded(name)) for level, name in LEVELS.items())]


class ContractForm(forms.Form):
    """`bodies` are the providers to choose from, `provinces` the codes of the officer; what is changed stays in its province."""

    FIELDS: Final = {"price_fen": "price", "sum_fen": "total"}
    """What the service calls a field that has another name here."""

    province = forms.ModelChoiceField(Province.objects.none(), label=_("Province"), empty_label=None)
    number = forms.CharField(
        label=_("Number of the contract"), max_length=40, help_text=_("As printed on it, with its year.")
    )
    title = forms.CharField(label=pgettext_lazy("contract", "Title"), max_length=120)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Provider"),
        empty_label=_("Choose one"),
        help_text=_("Only providers with which the province has an agreement."),
    )
    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("Programme"), empty_label=None)
    first_day = DayField(label=pgettext_lazy("contract", "First day of training"))
    last_day = DayField(label=pgettext_lazy("contract", "Last day of training"))
    occupation = forms.CharField(
        label=_("Occupation"),
        max_length=120,
        required=False,
        help_text=_("Its name or code. Leave it empty where the contract names courses."),
        widget=forms.TextInput(attrs={"list": "occupations", "autocomplete": "off"}),
    )
    level = forms.TypedChoiceField(
        label=_("Level"), choices=_levels, coerce=int, empty_value=None, required=False
    )
    courses = forms.CharField(
        label=pgettext_lazy("contract", "Codes of the courses"),
        max_length=LONGEST_CODES,
        required=False,
        help_text=_(
            "With blanks or commas between them. Leave it empty where the contract names an occupation."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "class": "mono", "spellcheck": "false"}),
    )
    people = _whole(pgettext_lazy("contract", "People"), 1, MOST_PEOPLE)
    hours = _whole(
        pgettext_lazy("contract", "Hours for each person"),
        1,
        MOST_HOURS,
        help_text=_("Class hours of 45 minutes."),
    )
    online_least = _whole(_("Online at least, in percent"), 0, 100, initial=0)
    online_most = _whole(_("Online at most, in percent"), 0, 100, initial=100)
    price = forms.CharField(label=_("Price for each person, in yuan"), max_length=40, widget=_MONEY)
    total = forms.CharField(
        label=_("Sum of the contract, in yuan"),
        max_length=40,
        widget=_MONEY,
        help_text=_("Never more than this is paid, however many are trained."),
    )

    def __init__(
        self,
        *args: Any,
        bodies: Sequence[Organisation],
        programmes: Any,
        provinces: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=[one.pk for one in bodies])
        self.fields["programme"].queryset = programmes
        if provinces is None:
            del self.fields["province"]
        else:
            self.fields["province"].queryset = Province.objects.filter(code__in=provinces)

    def clean_occupation(self) -> str:
        text = self.cleaned_data["occupation"]
        if not text.strip():
            return ""
        try:
            return occupation_named(text).code
        except (UnknownOccupation, OtherEdition) as broken:
            raise forms.ValidationError(str(broken), code="occupation") from None

    def clean_price(self) -> int:
        return fen_of(self.cleaned_data["price"])

    def clean_total(self) -> int:
        return fen_of(self.cleaned_data["total"])

    def terms(self) -> Terms:
        told = self.cleaned_data
        same = ("number", "title", "first_day", "last_day", "people", "hours", "online_least", "online_most")
        return Terms(
            organisation=told["organisation"].pk,
            programme=told["programme"].pk,
            price_fen=told["price"],
            sum_fen=told["total"],
            occupation=told["occupation"],
            level=told["level"],
            courses=tuple(_BETWEEN.split(told["courses"].strip())) if told["courses"].strip() else (),
            **{name: told[name] for name in same},
        )

    def refuse(self, broken: BadTerms) -> None:
        """Say at its field what the service refused."""
        name = self.FIELDS.get(broken.field, broken.field)
        self.add_error(name if name in self.fields else None, str(broken))


def initial_of(contract: ProjectContract) -> dict[str, Any]:
    same = ("number", "title", "organisation", "programme", "first_day", "last_day", "people", "hours")
    told = {name: getattr(contract, name) for name in (*same, "online_least", "online_most", "level")}
    return told | {
        "occupation": contract.occupation,
        "courses": " ".join(contract.courses),
        "price": yuan(contract.price_fen),
        "total": yuan(contract.sum_fen),
    }


class EndContractForm(forms.Form):
    last_day = DayField(label=pgettext_lazy("contract", "Last day of training"))
    reason = forms.CharField(label=_("By which document"), max_length=LONGEST_REASON)


class DropContractForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        error_messages={"required": _("State the reason.")},
    )
