"""What claimants fill in, and those who object. Each answer is yes, no or not known; nothing is asked that is known already."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from subsidies import declarations
from subsidies.policy import questions, words
from subsidies.services.reviews import LONGEST_REASON

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
    "person.insured_by_payee": (
        _("Have you insured this person?"),
        _("The register could not say. Add a proof of the insurance."),
    ),
    "person.living_paid_this_year": (
        _("Have you received a living allowance for training this year?"),
        _("It is paid once a year, to some groups."),
    ),
}
"""How what policies commonly ask is asked, and a hint. What is not here is asked by the name of its fact."""


def said(named: words.Words) -> str:
    return named.en if (get_language() or "").startswith("en") else named.zh


def field_name(path: str) -> str:
    return path.replace(".", "_")


def question_of(path: str) -> tuple[str | Promise, str | Promise]:
    """The question for one answer of a claim, and a hint."""
    if path in QUESTIONS:
        return QUESTIONS[path]
    kind, _dot, code = path.partition(".")
    if f"{kind}." == questions.STATUS:
        return said(words.status(code)), ""
    if f"{kind}." == questions.SCHEME:
        asked = _("Has another scheme paid you for this occupation and level? (%(scheme)s)")
        return asked % {"scheme": said(words.scheme(code))}, ""
    return f"{said(words.fact(path))}?", ""


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
            field_name(path): spoken[known[path]] for path in self.paths if path in known
        }
        mine = questions.held(self.statuses, known)
        if mine is not None:
            initial["statuses"] = mine or [NONE]
        super().__init__(*args, initial=initial, **kwargs)
        if self.statuses:
            self.fields["statuses"] = self._statuses()
        for path in self.paths:
            label, hint = question_of(path)
            self.fields[field_name(path)] = forms.ChoiceField(
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
                *((code, said(words.status(code))) for code in self.statuses),
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
        return told | {path: VALUES[self.cleaned_data[field_name(path)]] for path in self.paths}


class MaterialForm(forms.Form):
    paper = forms.FileField(
        label=_("Photo or scan of the paper"),
        help_text=_("PDF or a picture (PNG, JPEG), up to 10 MB."),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={"required": _("Choose a file.")},
    )


class DeclarationForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    agreed = forms.BooleanField(
        label=declarations.TEXTS[declarations.CURRENT],
        error_messages={"required": _("Tick the box to declare that what you stated is true.")},
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
        label=pgettext_lazy("objection", "Evidence"),
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
