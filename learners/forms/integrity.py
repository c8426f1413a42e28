"""Closing a signal, as form fields."""

from django import forms
from django.utils.translation import gettext_lazy as _

from learners.services.integrity import LONGEST_NOTE, SHORTEST_NOTE


class SignalForm(forms.Form):
    step = forms.ChoiceField(
        label=_("What came of it"),
        choices=[
            ("clear", _("Looked into: nothing")),
            ("refer", _("Referred: somebody follows it up outside the portal")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    note = forms.CharField(
        label=_("What you looked into"),
        min_length=SHORTEST_NOTE,
        max_length=LONGEST_NOTE,
        help_text=_("Whom you asked, what you saw. It goes into the audit log; no personal numbers."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=dict.fromkeys(
            ("required", "min_length"), _("Write what you looked into, in at least five characters.")
        ),
    )
