"""Forms of the claims pages. Each answer is yes, no or not known; nothing is asked that is known already."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Province
from subsidies.selectors.facts import LINKS, LIVING, UI_SKILL
from subsidies.services.reviews import LONGEST_REASON

YES, NO, UNKNOWN = "yes", "no", "unknown"
VALUES: dict[str, bool | None] = {YES: True, NO: False, UNKNOWN: None}
QUESTIONS: dict[str, tuple[str | Promise, str | Promise]] = {
    LINKS[0]: (_("Is your household registered in this province?"), ""),
    LINKS[1]: (_("Are you insured in this province?"), _("Pension, medical or unemployment insurance.")),
    LINKS[2]: (_("Are you registered as unemployed in this province?"), ""),
    UI_SKILL: (
        _("Have you received the skill subsidy of the unemployment insurance for this occupation and level?"),
        _("Only one of the two is paid."),
    ),
    LIVING: (
        _("Have you received a living allowance for training this year?"),
        _("It is paid once a year, to some groups."),
    ),
}
STEPS: dict[str, tuple[str, ...]] = {"link": LINKS, "other": (UI_SKILL, LIVING)}
NAMES = {path: path.rpartition(".")[2] for path in QUESTIONS}


class AnswersForm(forms.Form):
    """The questions of one step. `answers()` gives true, false or None by fact."""

    def __init__(
        self, *args: Any, paths: tuple[str, ...], known: dict[str, bool] | None = None, **kwargs: Any
    ) -> None:
        self.paths = paths
        known = known or {}
        words = {value: word for word, value in VALUES.items()}
        initial = {NAMES[path]: words[known[path]] for path in paths if path in known}
        super().__init__(*args, initial=initial, **kwargs)
        for path in paths:
            label, hint = QUESTIONS[path]
            self.fields[NAMES[path]] = forms.ChoiceField(
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

    def answers(self) -> dict[str, bool | None]:
        return {path: VALUES[self.cleaned_data[NAMES[path]]] for path in self.paths}


class DeclarationForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, max_length=100, required=False)
    agreed = forms.BooleanField(
        label=_("What I stated is true. I know that a subsidy paid on false statements must be repaid."),
        error_messages={"required": _("Tick the box to declare that what you stated is true.")},
    )


class ConfirmForm(forms.Form):
    confirmed = forms.BooleanField(
        required=False, label=_("I compared what the claimant stated with the records.")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The claimant reads this sentence. Say what is missing or which rule is not met."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_REASON,
        error_messages={"required": _("State the reason. The claimant will read it.")},
    )


class RevealForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need the full number?"),
        help_text=_("The reason is kept in the audit."),
        max_length=200,
    )


class QueueForm(forms.Form):
    """Filters of the queue. What cannot be read filters nothing."""

    q = forms.CharField(required=False, max_length=80)
    province = forms.ModelChoiceField(Province.objects.all(), required=False, empty_label=_("Province"))

    def values(self) -> dict[str, str]:
        cleaned = self.cleaned_data if self.is_valid() else {}
        province = cleaned.get("province")
        text = (cleaned.get("q") or "").replace("\x00", "").strip()
        return {"text": text, "province": province.pk if province else ""}
