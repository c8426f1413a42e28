"""How django-allauth finds a person by phone, and how codes are sent."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import clock, numbers
from portal.accounts import sign_ins, sms
from portal.accounts.models import User
from portal.crypto import seal, unseal


class PhoneField(forms.CharField):
    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})

    def __init__(self, **kwargs: object) -> None:
        kwargs["label"] = _("Mobile phone number")
        kwargs.setdefault("max_length", 30)
        super().__init__(**kwargs)

    def clean(self, value: str) -> str:
        text = super().clean(value)
        try:
            return numbers.phone(text) if text else text
        except numbers.BadNumber as bad:
            raise forms.ValidationError(bad.message, code=bad.code) from None


class PhoneAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": _("This code is wrong or out of date. Compare it, or have a new one sent."),
    }

    def phone_form_field(self, **kwargs: object) -> PhoneField:
        return PhoneField(**kwargs)

    def new_user(self, request: object) -> User:
        user = super().new_user(request)
        user.joined_at = clock.now()
        user.language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        return user

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone_index else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone = phone
        user.phone_verified_at = clock.now() if verified else None
        user.save(update_fields=["phone_sealed", "phone_index", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.by_phone(phone)

    def login(self, request: HttpRequest, user: User) -> None:
        """Every way of signing in ends here, the second factor behind it."""
        super().login(request, user)
        sign_ins.note(request, user, at=clock.now())

    def _send(self, phone: str, text: str) -> None:
        """A message that could not be sent is said on the next page, where it can be sent again."""
        try:
            sms.send(phone, text, at=clock.now())
        except sms.SmsFailed as failed:
            messages.error(self.request, failed.message)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **_kwargs: object) -> None:
        text = gettext("Your Zhixun code is %(code)s. It is valid for 10 minutes. Tell it to nobody.") % {
            "code": code
        }
        self._send(phone, text)

    def send_unknown_account_sms(self, phone: str, **_kwargs: object) -> None:
        self._send(phone, gettext("No Zhixun account has this number. You can register with it."))

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._send(phone, gettext("This number already has a Zhixun account. Sign in with a code."))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are sealed at rest."""

    def encrypt(self, text: str) -> str:
        return seal(text, table="mfa_authenticator", column="secret", row="-").hex()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(bytes.fromhex(encrypted_text), table="mfa_authenticator", column="secret", row="-")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = settings.SITE_URL.split("://", 1)[1].split(":")[0]
        return {"id": host, "name": "Zhixun 职训"}
