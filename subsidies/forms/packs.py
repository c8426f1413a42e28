"""What an auditor says to get an evidence pack."""

from django import forms
from django.utils.translation import gettext_lazy as _

from subsidies.services.packs import LONGEST_REASON


class PackForm(forms.Form):
    reason = forms.CharField(
        label=_("What is the pack for?"),
        help_text=_("It stands in the pack and in the audit, for example the number of your inquiry."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=LONGEST_REASON,
        error_messages={"required": _("State the reason.")},
    )
