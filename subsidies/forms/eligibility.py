"""What somebody says of themselves to learn whether they could claim."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from subsidies.forms.claims import NO, NONE, UNKNOWN, VALUES, YES, field_name, question_of, said
from subsidies.policy import questions, words
from subsidies.policy.questions import Answers, Reads

MOST_DAYS = 400
_ANSWERS = [
    (UNKNOWN, pgettext_lazy("answer", "Not known")),
    (YES, pgettext_lazy("answer", "Yes")),
    (NO, pgettext_lazy("answer", "No")),
]


def _yes_or_no(label: str | Promise, hint: str | Promise = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=hint, choices=_ANSWERS, required=False)


class EligibilityForm(forms.Form):
    """Everything that policies could ask of a person; `shown` are the fields that matter. No answer means not known."""

    born = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the date like 1990-05-24.")},
    )
    sex = forms.ChoiceField(
        label=_("Sex"), required=False, choices=[(UNKNOWN, pgettext_lazy("answer", "Not known"))]
    )

    def __init__(self, *args: Any, known: Reads, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.today = known, today
        self.paths: dict[str, str] = {"born": questions.BORN, "sex": questions.SEX}
        self.fields["sex"].choices += [(code, said(named)) for code, named in words.SEXES.items()]
        self._codes("groups", questions.GROUPS, _("Which of these are you?"), known.groups, words.GROUPS)
        self._codes(
            "statuses", questions.STATUSES, _("Is one of these true of you?"), known.statuses, words.STATUSES
        )
        for path in known.flags:
            self._add(field_name(path), path, _yes_or_no(*question_of(path)))
        for scheme in known.schemes:
            path = f"{questions.SCHEME}{scheme}"
            self._add(field_name(path), questions.SCHEMES, _yes_or_no(*question_of(path)))
        self._history(known)
        days = forms.IntegerField(
            label=_("Days of training in person"), required=False, min_value=0, max_value=MOST_DAYS
        )
        self._add("offline_days", questions.DAYS, days)

    def _add(self, name: str, path: str, field: forms.Field) -> None:
        self.fields[name], self.paths[name] = field, path

    def _codes(
        self, name: str, path: str, label: Promise, codes: tuple[str, ...], named: dict[str, words.Words]
    ) -> None:
        choices = [(code, said(named.get(code, words.Words(code, code)))) for code in codes]
        field = forms.MultipleChoiceField(
            label=label,
            required=False,
            choices=[*choices, (NONE, _("None of these"))],
            widget=forms.CheckboxSelectMultiple,
        )
        self._add(name, path, field)

    def _history(self, known: Reads) -> None:
        hint = _("Claims that were refused or withdrawn do not count.")
        if known.most_a_year:
            numbers = [(str(n), str(n)) for n in range(known.most_a_year)]
            numbers.append((str(known.most_a_year), _("%(n)s or more") % {"n": known.most_a_year}))
            field = forms.ChoiceField(
                label=_("How many training subsidies have you claimed this year?"),
                help_text=hint,
                required=False,
                choices=[(UNKNOWN, pgettext_lazy("answer", "Not known")), *numbers],
            )
            self._add("claims_this_year", questions.HISTORY, field)
        if known.once:
            label = _("Have you claimed for this occupation and level before?")
            self._add("claimed_same", questions.HISTORY, _yes_or_no(label, hint))
        if known.higher:
            label = _("Have you claimed for a higher level of this occupation?")
            self._add("claimed_higher", questions.HISTORY, _yes_or_no(label))

    def shown(self, asked: frozenset[str], *, kind: str) -> list[forms.BoundField]:
        """The questions that matter; those about a level only for a certificate with a level."""
        levelled = {"claimed_same", "claimed_higher"}
        return [
            self[name]
            for name in self.fields
            if self.paths[name] in asked and (name not in levelled or kind == "level")
        ]

    def clean_born(self) -> dt.date | None:
        born = self.cleaned_data["born"]
        if born and not dt.date(1900, 1, 1) <= born <= self.today:
            raise ValidationError(_("This day of birth cannot be right."))
        return born

    def _clean_codes(self, name: str) -> list[str]:
        chosen = self.cleaned_data[name]
        if NONE in chosen and len(chosen) > 1:
            raise ValidationError(_("Choose either what is true, or none of these."))
        return chosen

    def clean_groups(self) -> list[str]:
        return self._clean_codes("groups")

    def clean_statuses(self) -> list[str]:
        return self._clean_codes("statuses")

    def answers(self) -> Answers:
        """What can be read; a field that was refused is not known."""
        self.is_valid()
        told = getattr(self, "cleaned_data", {})

        def flag(name: str) -> bool | None:
            return VALUES.get(told.get(name) or UNKNOWN)

        def codes(name: str) -> tuple[str, ...] | None:
            chosen = told.get(name) or None
            return None if chosen is None else tuple(code for code in chosen if code != NONE)

        number = told.get("claims_this_year") or UNKNOWN
        sex = told.get("sex") or UNKNOWN
        flags = {path: flag(field_name(path)) for path in self.known.flags}
        schemes = {scheme: flag(f"scheme_{scheme}") for scheme in self.known.schemes}
        return Answers(
            born=told.get("born"),
            sex=None if sex == UNKNOWN else sex,
            groups=codes("groups"),
            statuses=codes("statuses"),
            flags={path: value for path, value in flags.items() if value is not None},
            schemes={scheme: value for scheme, value in schemes.items() if value is not None},
            claims_this_year=None if number == UNKNOWN else int(number),
            claimed_same=flag("claimed_same"),
            claimed_higher=flag("claimed_higher"),
            offline_days=told.get("offline_days"),
        )
