"""What a person says of a written answer."""

from django import forms
from django.utils.translation import gettext_lazy as _


class MarkForm(forms.Form):
    points_percent = forms.TypedChoiceField(
        label=_("The answer is"),
        coerce=int,
        choices=[(100, _("Right")), (50, _("Half right")), (0, _("Not right"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a mark.")},
    )
