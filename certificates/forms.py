from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.models import Certificate


class VerifyForm(forms.Form):
    """What is printed on the paper as the verification code; see `certificates.codes.plain` for what is forgiven."""

    code = forms.CharField(
        label=_("Verification code"),
        max_length=200,
        help_text=_(
            "28 letters and digits, at the lower left of the certificate. You can also scan its QR code."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        error_messages={"required": _("Type the verification code of the certificate.")},
    )


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is revoked"),
        min_length=5,
        max_length=500,
        help_text=_(
            "The holder and everybody who checks the certificate reads this. Leave personal numbers out."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why it is revoked.")},
    )


class DeskForm(forms.Form):
    """The filters of the desk. Whatever does not fit is no filter."""

    words = forms.CharField(required=False, max_length=40)
    state = forms.ChoiceField(required=False, choices=[("", ""), *Certificate.State.choices])
