"""More time for one learner's exams."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ExtraTimeForm(forms.Form):
    number = forms.IntegerField(
        label=_("Learning number"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=_("It stands on the learner's page about the exam."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    minutes = forms.IntegerField(
        label=_("Extra minutes"), min_value=0, max_value=240, help_text=_("0 ends what was granted before.")
    )
    reason = forms.CharField(
        label=pgettext_lazy("decision", "Why"),
        min_length=5,
        max_length=500,
        help_text=_("It goes into the audit log; no personal numbers, no diagnosis."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
