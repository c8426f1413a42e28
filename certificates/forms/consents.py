"""What a holder is asked who lets an employer check, and what the employer is asked."""

from collections.abc import Iterable, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates import lists
from certificates.models import Certificate
from portal.accounts.models import Organisation
from portal.rules import RuleBroken

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
        label=pgettext_lazy("consent", "Until"),
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
