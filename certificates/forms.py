from collections.abc import Iterable

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


class ProposeForm(forms.Form):
    """`steps` are those that the certificate's state allows."""

    kind = forms.ChoiceField(label=_("What is to be done"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why"),
        min_length=5,
        max_length=500,
        help_text=_(
            "The holder and everybody who checks the certificate reads this. Leave personal numbers out."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why.")},
    )

    def __init__(self, *args: object, steps: Iterable[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "revoke": _("Revoke it: it should not have been issued"),
            "replace": _("Replace it by a new one with the facts of today"),
        }
        self.fields["kind"].choices = [(step, label) for step, label in words.items() if step in steps]


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        choices=[("approve", _("Approve")), ("refuse", _("Refuse")), ("withdraw", _("Take back"))],
        error_messages={"required": _("Choose one of the buttons.")},
    )
    reason = forms.CharField(
        label=_("Why it is refused"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DeskForm(forms.Form):
    """The filters of the desk. Whatever does not fit is no filter."""

    words = forms.CharField(required=False, max_length=40)
    state = forms.ChoiceField(required=False, choices=[("", ""), *Certificate.State.choices])
