"""Filters of the reports, as a form that is sent by GET."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import clock
from portal.accounts.models import Province
from subsidies.selectors.ledger import funds
from subsidies.selectors.reports import CLAIMS_BY, MONEY_BY, Asked

YEARS = 6
"""This year and the five before it."""
BY = {
    "province": _("Province"),
    "fund": _("Fund"),
    "programme": pgettext_lazy("figures", "Programme"),
    "occupation": _("Occupation"),
    "level": _("Level"),
    "provider": pgettext_lazy("figures", "Provider"),
    "month": pgettext_lazy("figures", "Month"),
}
GROUPED = {"money": MONEY_BY, "claims": CLAIMS_BY}
MONTHS = {"money", "claims"}


class ReportForm(forms.Form):
    """What cannot be read filters nothing, and says so."""

    by = forms.ChoiceField(label=pgettext_lazy("figures", "Row by row"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    month = forms.TypedChoiceField(
        label=pgettext_lazy("figures", "Month"), required=False, coerce=int, empty_value=None
    )
    province = forms.ModelChoiceField(
        Province.objects.all(),
        label=_("Province"),
        required=False,
        empty_label=pgettext_lazy("figures", "All"),
    )
    fund = forms.ChoiceField(label=_("Fund"), required=False)

    def __init__(self, *args: Any, view: str, provinces: Any, at: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.this_year = clock.today(at).year
        years = range(self.this_year, self.this_year - YEARS, -1)
        self.fields["year"].choices = [(year, str(year)) for year in years]
        everything = ("", pgettext_lazy("figures", "All"))
        self.fields["month"].choices = [everything, *((month, str(month)) for month in range(1, 13))]
        self.fields["by"].choices = [(name, BY[name]) for name in GROUPED.get(view, ())]
        self.fields["province"].queryset = provinces
        if view == "money":
            self.fields["fund"].choices = [everything, *funds().items()]
        else:
            del self.fields["fund"]
        if view not in GROUPED:
            del self.fields["by"]
        if view not in MONTHS:
            del self.fields["month"]
        if view == "ageing":
            del self.fields["year"]

    def asked(self) -> Asked:
        said = self.cleaned_data if self.is_bound and self.is_valid() else {}
        province = said.get("province")
        return Asked(
            year=said.get("year") or self.this_year,
            by=said.get("by") or "province",
            province=province.pk if province else "",
            month=said.get("month"),
            fund=said.get("fund") or "",
        )
