"""What a person decides of a pass that new keys take away."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("The pass"),
        choices=[("keep", _("Stays a pass")), ("lower", _("Becomes a fail"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    reason = forms.CharField(
        label=pgettext_lazy("decision", "Why"),
        min_length=5,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
