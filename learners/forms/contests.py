"""What a learner says to refused time, what a person answers, and what is to be taken back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.forms.sentences import sentence


class ContestForm(forms.Form):
    words = sentence(
        _("Why it should count"),
        _("What happened, in a sentence or two. An instructor or your province's administrator reads it."),
    )


class LookForm(forms.Form):
    """Whose ledger to open."""

    enrolment = forms.IntegerField(
        label=_("Number of the enrolment"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=_("It stands on the learner's page of hours."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Type the number of the enrolment.")},
    )


class AnswerForm(forms.Form):
    """`verdict` is the button that was pressed."""

    reason = sentence(
        _("Reason"), _("The learner reads it. It goes into the audit log; no personal numbers.")
    )


class TakeBackForm(forms.Form):
    minutes = forms.DecimalField(
        label=_("Minutes to take back"),
        min_value=0,
        max_digits=6,
        decimal_places=1,
        help_text=_("The last minutes of this stretch. At most what is left of it."),
        error_messages={"required": _("Say how many minutes."), "invalid": _("Say how many minutes.")},
    )
    why = sentence(
        _("Reason"),
        _(
            "What the inspection found. The learner reads it; it goes into the audit log; no personal numbers."
        ),
    )
