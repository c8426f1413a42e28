import io
from collections.abc import Iterable, Sequence

from django import forms
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from certificates import lists
from certificates.models import Certificate
from portal.accounts.models import Organisation
from portal.rules import RuleBroken
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
        label=_("PDF file of the certificate"),
        help_text=_("As it was downloaded, 2 MB at most. It is looked at once and kept nowhere."),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
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


ALL = "all"


class ConsentForm(forms.Form):
    """`certificates` come out as serials, or as None for all."""

    given_to = forms.CharField(
        label=_("Which employer may check"),
        max_length=80,
        help_text=_(
            "The name of the enterprise. The first account that uses the code is the only one that can."
        ),
        error_messages={"required": _("Say which employer.")},
    )
    purpose = forms.CharField(
        label=_("What for"),
        max_length=120,
        help_text=_("For instance: hiring as a welder."),
        error_messages={"required": _("Say what for.")},
    )
    ends_on = forms.DateField(
        label=_("Until"),
        help_text=_("90 days at most. You can withdraw it at any time before."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    certificates = forms.MultipleChoiceField(
        label=_("Which certificates"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )

    def __init__(self, *args: object, papers: Iterable[Certificate], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["certificates"].choices = [
            (ALL, _("All of mine, also those to come")),
            *((paper.serial, f"{paper.facts['course_title']} · {paper.serial}") for paper in papers),
        ]

    def clean_certificates(self) -> list[str] | None:
        chosen = self.cleaned_data["certificates"]
        return None if ALL in chosen else chosen


class CheckForm(forms.Form):
    """`lines` come out of what was pasted, or of the file. Which employer is asked only of whom it is not plain."""

    organisation = forms.ChoiceField(
        label=_("Enterprise"), error_messages={"required": _("Say for which enterprise.")}
    )
    text = forms.CharField(
        label=_("Consent codes"),
        required=False,
        max_length=100_000,
        help_text=_("One in each line. Behind a comma the name, if you want to know whether it is the same."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            ".xlsx, .csv or text: codes in the first column, names in the second. At most 500 lines."
        ),
    )

    def __init__(self, *args: object, employers: Sequence[Organisation], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.employers = {employer.uscc: employer for employer in employers}
        self.fields["organisation"].choices = [(one.uscc, one.name) for one in employers]
        if len(employers) == 1:
            del self.fields["organisation"]

    def clean(self) -> dict[str, object]:
        told = super().clean()
        told["employer"] = self.employers.get(told.get("organisation", next(iter(self.employers), "")))
        told["lines"] = lists.from_text(told.get("text", ""))
        if sent := told.get("file"):
            if sent.size > lists.MOST_BYTES:
                self.add_error("file", _("The file is larger than 2 MB. Divide it."))
                return told
            try:
                told["lines"] += lists.from_file(sent, sent.name)
            except RuleBroken as broken:
                self.add_error("file", str(broken))
        if not self.errors and not told["lines"]:
            self.add_error("text", _("Paste consent codes, or choose a file."))
        return told
