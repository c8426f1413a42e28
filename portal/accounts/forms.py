from typing import Any

from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal import clock, numbers
from portal.accounts import services
from portal.accounts.models import Organisation, Province
from portal.rules import RuleBroken


class IdentityForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("As on the resident ID. Rare characters are fine; write · between the parts of a name."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    number = forms.CharField(
        label=_("Resident ID number"),
        max_length=40,
        help_text=_("18 characters. It is kept encrypted and shown with its middle hidden."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
    )
    province = forms.ModelChoiceField(
        label=_("Province"),
        queryset=Province.objects.all(),
        help_text=_("Where you study and claim the subsidy."),
        empty_label=_("Choose a province"),
    )
    agreed = forms.BooleanField(
        label=_(
            "I agree that my name and resident ID number are stored and checked, to count my hours, to issue my "
            "certificate and to pay a subsidy."
        ),
        error_messages={"required": services.ConsentMissing.message},
    )

    def clean_name(self) -> str:
        try:
            return services.plain_name(self.cleaned_data["name"])
        except RuleBroken as broken:
            raise forms.ValidationError(broken.message, code=broken.code) from None

    def clean_number(self) -> str:
        try:
            return numbers.resident_id(self.cleaned_data["number"], on=clock.today(clock.now())).number
        except RuleBroken as broken:
            raise forms.ValidationError(broken.message, code=broken.code) from None


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Your name today"),
        max_length=60,
        help_text=_(
            "As on the new resident ID. Rare characters are fine; write · between the parts of a name."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        try:
            return services.plain_name(self.cleaned_data["name"])
        except RuleBroken as broken:
            raise forms.ValidationError(broken.message, code=broken.code) from None


class BankAccountForm(forms.Form):
    bank_name = forms.CharField(
        label=_("Bank"), max_length=80, help_text=_("The bank of your social security card.")
    )
    number = forms.CharField(
        label=_("Card number"),
        max_length=40,
        help_text=_("16 to 19 digits. The card must be in your own name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    agreed = forms.BooleanField(
        label=_(
            "I agree that this account is stored, encrypted, and passed to the paying bank when a subsidy is paid."
        ),
        error_messages={"required": services.ConsentMissing.message},
    )

    def clean_number(self) -> str:
        try:
            return numbers.bank_card(self.cleaned_data["number"])[0]
        except RuleBroken as broken:
            raise forms.ValidationError(broken.message, code=broken.code) from None


class OrganisationAccountForm(forms.Form):
    """The account of one of `organisations`, of which there is at least one."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisation"))
    bank_name = forms.CharField(label=_("Bank"), max_length=80, help_text=_("The bank and its branch."))
    number = forms.CharField(
        label=_("Account number"),
        max_length=60,
        help_text=_("9 to 24 digits. The account must be kept in the organisation's registered name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        field.queryset = organisations
        if len(organisations) == 1:
            field.initial, field.empty_label = organisations[0], None

    def clean_number(self) -> str:
        try:
            return numbers.organisation_account(self.cleaned_data["number"])
        except RuleBroken as broken:
            raise forms.ValidationError(broken.message, code=broken.code) from None


class CarefulJSON(forms.JSONField):
    """JSON from a stranger: numbers without end and brackets without bottom are bad input, too, not a 500."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class PasskeyLoginForm(LoginWebAuthnForm):
    credential = CarefulJSON(required=True, widget=forms.HiddenInput)
