"""The form of a bank profile: what most banks differ in as fields, columns and answers as JSON."""

import json
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Province
from subsidies.bank.template import AMOUNTS, DATES, ENCODINGS, SCHEMA, STANDARD
from subsidies.models import BankProfile
from subsidies.models.profiles import COOLING_DAYS, MOST_COOLING_DAYS

KINDS: Final = [
    ("csv", _("Text with a delimiter (CSV)")),
    ("fixed", _("Text with fixed widths")),
    ("xlsx", _("Workbook (.xlsx)")),
    ("iso20022", _("ISO 20022 (pain.001 and pain.002)")),
]
DELIMITERS: Final = [
    (",", pgettext_lazy("delimiter", "Comma")),
    (";", pgettext_lazy("delimiter", "Semicolon")),
    ("|", pgettext_lazy("delimiter", "Bar")),
    ("^", pgettext_lazy("delimiter", "Caret")),
    ("\t", pgettext_lazy("delimiter", "Tab")),
]
UNITS: Final = [("yuan", _("Yuan with two decimals")), ("fen", _("Fen"))]
LINE_ENDS: Final = [("crlf", "CR LF"), ("lf", "LF")]
_FIELDS = ("kind", "encoding", "delimiter", "line_end", "amount", "date", "heading")
_LONGEST_JSON = 40_000
_OF_ALL = {"schema": SCHEMA}


class _DateBox(forms.DateInput):
    input_type = "date"


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=_DateBox(format="%Y-%m-%d"), **more)


def parts_of(template: dict[str, Any]) -> dict[str, Any]:
    """What the JSON box holds of a template."""
    return {key: value for key, value in template.items() if key not in {*_FIELDS, "schema"}}


def initial_of(profile: BankProfile) -> dict[str, Any]:
    template = profile.template
    told = {name: template[name] for name in _FIELDS if name in template}
    rows = {
        name: getattr(profile, name)
        for name in (
            "name",
            "bank_code",
            "needs_name_check",
            "releaser_may_be_checker",
            "cooling_days",
            "valid_from",
            "valid_to",
        )
    }
    return {**told, **rows, "code": profile.code, "parts": _pretty(parts_of(template))}


def _pretty(body: object) -> str:
    return json.dumps(body, ensure_ascii=False, indent=1)


class BankProfileForm(forms.Form):
    """`provinces` are the codes the person works in; without them it is a draft that is changed, whose place is fixed."""

    province = forms.ModelChoiceField(Province.objects.none(), label=_("Province"), empty_label=None)
    code = forms.SlugField(
        label=_("Short name"),
        max_length=40,
        help_text=_(
            "Letters, digits and hyphens. With the short name of a profile, this becomes its next version."
        ),
    )
    name = forms.CharField(label=_("Name of the profile"), max_length=80)
    bank_code = forms.CharField(label=_("Clearing code of the bank"), max_length=35, required=False)
    kind = forms.ChoiceField(label=_("Format"), choices=KINDS)
    encoding = forms.ChoiceField(label=_("Encoding"), choices=[(code, code.upper()) for code in ENCODINGS])
    delimiter = forms.ChoiceField(label=_("Delimiter"), choices=DELIMITERS)
    line_end = forms.ChoiceField(label=_("End of a line"), choices=LINE_ENDS)
    amount = forms.ChoiceField(label=_("Amounts"), choices=UNITS)
    date = forms.ChoiceField(label=_("Form of dates"), choices=[(form, form) for form in DATES])
    heading = forms.BooleanField(label=_("The first row holds the headings"), required=False)
    parts = forms.CharField(
        label=_("Columns, header, trailer and answers, as JSON"),
        max_length=_LONGEST_JSON,
        widget=forms.Textarea(attrs={"rows": 18, "class": "mono", "spellcheck": "false"}),
        help_text=_("For ISO 20022 it holds the account that pays (debtor) and nothing else."),
    )
    cooling_days = forms.IntegerField(
        label=_("Days without payment after a change of the account"),
        min_value=0,
        max_value=MOST_COOLING_DAYS,
    )
    needs_name_check = forms.BooleanField(
        label=_("Pay only where the bank says that name and account belong together"), required=False
    )
    releaser_may_be_checker = forms.BooleanField(
        label=_("Who checked a batch may also release it"),
        required=False,
        help_text=_("Otherwise a third person releases it."),
    )
    valid_from = _day(_("Valid from"))
    valid_to = _day(_("Valid to"), required=False)

    def __init__(self, *args: Any, provinces: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if provinces is None:
            del self.fields["province"], self.fields["code"]
        else:
            self.fields["province"].queryset = Province.objects.filter(code__in=provinces)

    def clean_parts(self) -> dict[str, Any]:
        try:
            body = json.loads(self.cleaned_data["parts"], parse_constant=_refuse, parse_float=_refuse)
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("This is not JSON."), code="json") from None
        if not isinstance(body, dict):
            raise forms.ValidationError(_("This is not a JSON object."), code="json")
        return body

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        begins, ends = said.get("valid_from"), said.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", _("The last day lies before the first."))
        return said

    def said(self) -> dict[str, Any]:
        """What the services take: the rules of the profile, and its template."""
        told = dict(self.cleaned_data)
        fields = {name: told.pop(name) for name in _FIELDS}
        if fields["kind"] == "iso20022":
            fields = {"kind": "iso20022"}
        told["template"] = {**_OF_ALL, **fields, **told.pop("parts")}
        if "province" in told:
            told["province"] = told["province"].code
        return told


def _refuse(text: str) -> float:
    raise ValueError(text)


FIRST: Final[dict[str, Any]] = {
    "kind": "csv",
    "encoding": "utf-8-bom",
    "delimiter": ",",
    "line_end": "crlf",
    "amount": AMOUNTS[0],
    "date": DATES[0],
    "heading": True,
    "needs_name_check": True,
    "cooling_days": COOLING_DAYS,
    "parts": _pretty(parts_of(STANDARD)),
}
"""A new profile begins as the portal's own CSV."""
