from django import forms
from django.utils.translation import gettext_lazy as _


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it may be opened"),
        min_length=5,
        max_length=500,
        help_text=_(
            "What you found when you spoke with the learner. It goes into the audit log; no personal numbers."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Say why it may be opened."),
            "min_length": _("Say why it may be opened, in at least five characters."),
        },
    )
