from django import forms
from django.utils.translation import gettext_lazy as _


class MailboxForm(forms.Form):
    address = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("It is kept encrypted. A link that confirms it is sent there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
