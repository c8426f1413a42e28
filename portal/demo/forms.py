from django import forms
from django.utils.translation import gettext_lazy as _

STEPS = (
    (3_600, _("1 hour")),
    (86_400, _("1 day")),
    (7 * 86_400, _("1 week")),
    (10 * 86_400, _("10 days: a public notice ends")),
    (31 * 86_400, _("1 month")),
)
"""Seconds by which the demo's clock can be moved at once."""


class ClockForm(forms.Form):
    by = forms.TypedChoiceField(label=_("Move the clock forward by"), choices=STEPS, coerce=int)
