"""What anybody is asked who checks a certificate."""

import io

from django import forms
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.uploads import InMemory

MOST_BYTES = 2 * 1024 * 1024
"""Of a file to be checked. A paper has about 60 kB."""

MOST_BODY = 20 * 1024 * 1024
"""A longer one is not even read to its end, so that a browser would not hear the answer."""


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


class FileForm(forms.Form):
    """A file that says it is a certificate. `file` comes out as bytes."""

    file = forms.FileField(
        label=_("File of the certificate"),
        help_text=_(
            "PDF or digital credential, as it was downloaded, 2 MB at most. It is looked at once and kept nowhere."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf,.jwt"}),
        error_messages={"required": _("Choose a file.")},
    )

    too_large = _("The file is larger than 2 MB. A certificate of this portal is much smaller.")

    @classmethod
    def received(cls, request: HttpRequest) -> "FileForm":
        """The file never lies on a disk, and of what is far too large nothing is read."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > MOST_BODY:
            unread = InMemoryUploadedFile(io.BytesIO(), "file", "unread", "", MOST_BYTES + 1, None)
            return cls({}, {"file": unread})
        request.upload_handlers = [InMemory(request, most=MOST_BYTES)]
        return cls(request.POST, request.FILES)

    def clean_file(self) -> bytes:
        sent: UploadedFile = self.cleaned_data["file"]
        if not sent.size:
            raise forms.ValidationError(_("The file is empty."))
        if sent.size > MOST_BYTES:
            raise forms.ValidationError(self.too_large)
        return sent.read()
