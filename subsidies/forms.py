"""Forms of the claims pages. Each answer is yes, no or not known; nothing is asked that is known already."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Province, User
from subsidies import declarations, reasons
from subsidies.policy import questions, words
from subsidies.policy.questions import Answers, Reads
from subsidies.services.reviews import LONGEST_REASON
from subsidies.workflow import Act, Desk

YES, NO, UNKNOWN, NONE = "yes", "no", "unknown", "none"
VALUES: dict[str, bool | None] = {YES: True, NO: False, UNKNOWN: None}
QUESTIONS: dict[str, tuple[str | Promise, str | Promise]] = {
    "person.hukou_in_region": (_("Is your household registered in this province?"), ""),
    "person.insured_in_region": (
        _("Are you insured in this province?"),
        _("Pension, medical or unemployment insurance."),
    ),
    "person.unemployment_registered": (_("Are you registered as unemployed in this province?"), ""),
    "scheme.UI_SKILL": (
        _("Have you received the skill subsidy of the unemployment insurance for this occupation and level?"),
        _("Only one of the two is paid."),
    ),
    "person.living_paid_this_year": (
        _("Have you received a living allowance for training this year?"),
        _("It is paid once a year, to some groups."),
    ),
}
"""How what policies commonly ask is asked, and a hint. What is not here is asked by the name of its fact."""


def question_of(path: str) -> tuple[str | Promise, str | Promise]:
    """The question for one answer of a claim, and a hint."""
    if path in QUESTIONS:
        return QUESTIONS[path]
    kind, _dot, code = path.partition(".")
    if f"{kind}." == questions.STATUS:
        return _said(words.status(code)), ""
    if f"{kind}." == questions.SCHEME:
        asked = _("Has another scheme paid you for this occupation and level? (%(scheme)s)")
        return asked % {"scheme": _said(words.scheme(code))}, ""
    return f"{_said(words.fact(path))}?", ""


class AnswersForm(forms.Form):
    """The questions of one step or of several. `answers()` gives true, false or None by name of the answer."""

    def __init__(
        self, *args: Any, paths: tuple[str, ...], known: dict[str, bool] | None = None, **kwargs: Any
    ) -> None:
        known = known or {}
        self.statuses = tuple(
            path.removeprefix(questions.STATUS) for path in paths if path.startswith(questions.STATUS)
        )
        self.paths = tuple(path for path in paths if not path.startswith(questions.STATUS))
        spoken = {value: word for word, value in VALUES.items()}
        initial: dict[str, Any] = {
            _field_name(path): spoken[known[path]] for path in self.paths if path in known
        }
        mine = questions.held(self.statuses, known)
        if mine is not None:
            initial["statuses"] = mine or [NONE]
        super().__init__(*args, initial=initial, **kwargs)
        if self.statuses:
            self.fields["statuses"] = self._statuses()
        for path in self.paths:
            label, hint = question_of(path)
            self.fields[_field_name(path)] = forms.ChoiceField(
                label=label,
                help_text=hint,
                widget=forms.RadioSelect,
                choices=[
                    (YES, pgettext_lazy("answer", "Yes")),
                    (NO, pgettext_lazy("answer", "No")),
                    (UNKNOWN, pgettext_lazy("answer", "Not known")),
                ],
                error_messages={"required": _("Choose one. Not known is an answer too.")},
            )

    def _statuses(self) -> forms.MultipleChoiceField:
        return forms.MultipleChoiceField(
            label=_("Is one of these true of you?"),
            choices=[
                *((code, _said(words.status(code))) for code in self.statuses),
                (NONE, _("None of these")),
                (UNKNOWN, pgettext_lazy("answer", "Not known")),
            ],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose what is true, none of these, or not known.")},
        )

    def clean_statuses(self) -> list[str]:
        chosen = self.cleaned_data["statuses"]
        if len(chosen) > 1 and {NONE, UNKNOWN} & set(chosen):
            raise ValidationError(_("Choose either what is true, or none of these."))
        return chosen

    def answers(self) -> dict[str, bool | None]:
        chosen = self.cleaned_data.get("statuses", [])
        told: dict[str, bool | None] = {
            f"{questions.STATUS}{code}": None if UNKNOWN in chosen else code in chosen
            for code in self.statuses
        }
        return told | {path: VALUES[self.cleaned_data[_field_name(path)]] for path in self.paths}


class DeclarationForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    agreed = forms.BooleanField(
        label=declarations.TEXTS[declarations.CURRENT],
        error_messages={"required": _("Tick the box to declare that what you stated is true.")},
    )


class ConfirmForm(forms.Form):
    confirmed = forms.BooleanField(
        required=False, label=_("I compared what the claimant stated with the records.")
    )


class ReasonForm(forms.Form):
    """A reason in words, and what it rests on: the rules of the record that are not met, and standard reasons."""

    codes = forms.MultipleChoiceField(
        label=_("What it rests on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The claimant reads this sentence. Say what is missing or which rule is not met."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_REASON,
        error_messages={"required": _("State the reason. The claimant will read it.")},
    )

    def __init__(
        self, *args: Any, acts: Iterable[Act] = (), record: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        ruled = reasons.of_rules(record)
        super().__init__(*args, initial={"codes": [one["code"] for one in ruled]}, **kwargs)
        said = "en" if (get_language() or "").startswith("en") else "zh"
        choices = {one["code"]: one[said] for one in ruled}
        for act in acts:
            choices |= {code: getattr(one.said, said) for code, one in reasons.standard_for(act).items()}
        self.fields["codes"].choices = list(choices.items())
        if not choices:
            del self.fields["codes"]

    def told(self) -> dict[str, Any]:
        """Keyword arguments for the services."""
        return {"reason": self.cleaned_data["reason"], "codes": self.cleaned_data.get("codes", [])}


class WordsForm(forms.Form):
    """A reason in words alone."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_REASON,
        error_messages={"required": _("State the reason.")},
    )


class AppealForm(forms.Form):
    words = forms.CharField(
        label=_("Why is the decision wrong?"),
        help_text=_(
            "Say which fact or rule was judged wrongly. People who had no part in the decision read it."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Say why the decision is wrong.")},
    )


class ObjectionForm(forms.Form):
    words = forms.CharField(
        label=_("What is wrong?"),
        help_text=_("Say what you know and how. Do not write numbers of identity papers."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Say what is wrong.")},
    )
    evidence = forms.FileField(
        label=_("Evidence"),
        help_text=_("PDF or a picture (PNG, JPEG), up to 10 MB."),
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
    contact = forms.CharField(
        label=_("Your name and how to reach you"),
        help_text=_("You need not say. It is sealed; only who decides can open it, and every look is kept."),
        max_length=200,
        required=False,
    )

    def told(self) -> dict[str, Any]:
        """Keyword arguments for the service."""
        return {name: self.cleaned_data[name] for name in ("words", "evidence", "contact")}


class ReceiptForm(forms.Form):
    receipt = forms.CharField(
        label=_("Receipt"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class AssignForm(forms.Form):
    to = forms.ChoiceField(label=_("Give to"), required=False)

    def __init__(self, *args: Any, people: Iterable[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.uid): one for one in people}
        self.fields["to"].choices = [
            ("", _("Nobody: lay it back")),
            *((uid, str(one)) for uid, one in self.people.items()),
        ]

    @property
    def chosen(self) -> User | None:
        return self.people.get(self.cleaned_data["to"])


class RevealForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need the full number?"),
        help_text=_("The reason is kept in the audit."),
        max_length=200,
    )


class QueueForm(forms.Form):
    """Filters of the queue. What cannot be read filters nothing."""

    q = forms.CharField(required=False, max_length=80)
    desk = forms.ChoiceField(choices=[("", _("Desk")), *Desk.choices], required=False)
    province = forms.ModelChoiceField(Province.objects.all(), required=False, empty_label=_("Province"))

    def values(self) -> dict[str, str]:
        cleaned = self.cleaned_data if self.is_valid() else {}
        province = cleaned.get("province")
        text = (cleaned.get("q") or "").replace("\x00", "").strip()
        return {
            "text": text,
            "province": province.pk if province else "",
            "desk": cleaned.get("desk") or "",
        }


MOST_DAYS = 400
_ANSWERS = [
    (UNKNOWN, pgettext_lazy("answer", "Not known")),
    (YES, pgettext_lazy("answer", "Yes")),
    (NO, pgettext_lazy("answer", "No")),
]


def _said(named: words.Words) -> str:
    return named.en if (get_language() or "").startswith("en") else named.zh


def _field_name(path: str) -> str:
    return path.replace(".", "_")


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
        self.fields["sex"].choices += [(code, _said(named)) for code, named in words.SEXES.items()]
        self._codes("groups", questions.GROUPS, _("Which of these are you?"), known.groups, words.GROUPS)
        self._codes(
            "statuses", questions.STATUSES, _("Is one of these true of you?"), known.statuses, words.STATUSES
        )
        for path in known.flags:
            self._add(_field_name(path), path, _yes_or_no(*question_of(path)))
        for scheme in known.schemes:
            path = f"{questions.SCHEME}{scheme}"
            self._add(_field_name(path), questions.SCHEMES, _yes_or_no(*question_of(path)))
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
        choices = [(code, _said(named.get(code, words.Words(code, code)))) for code in codes]
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
        flags = {path: flag(_field_name(path)) for path in self.known.flags}
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
