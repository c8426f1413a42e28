"""Forms of terms of enrolment, key groups, lists of staff, and help at a desk."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from learners.models import HelpSession, Intake
from portal import groups, numbers
from portal.accounts.models import Organisation, Province


def _day(label: str, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help_text, required=False, widget=widget)


class IntakeForm(forms.ModelForm):
    """The terms of enrolment of a course. Days in their order are the model's own rule."""

    opens_on = _day(_("Enrolment from"), _("Empty: at once."))
    closes_on = _day(_("Enrolment until"), _("Empty: without an end."))
    learn_until = _day(
        _("Learning until"),
        _(
            "Empty: without an end. A later day holds for everybody, an earlier one only for those who enrol afterwards."
        ),
    )
    only_province = forms.ModelChoiceField(
        label=_("Only for learners registered in"),
        queryset=Province.objects.all(),
        empty_label=_("Any province"),
        required=False,
    )
    prerequisites = forms.CharField(
        label=_("Courses to complete first"),
        help_text=_("Their codes, with spaces between. Empty: none."),
        max_length=300,
        required=False,
    )

    class Meta:
        model = Intake
        fields = ["seats", "accept_days", "opens_on", "closes_on", "learn_until", "only_province"]
        labels = {"seats": _("Seats"), "accept_days": _("Days to accept a seat")}
        help_texts = {
            "seats": _("How many may learn at the same time. Empty: any number."),
            "accept_days": _("How long a free seat is kept for the first in line: 1 to 14 days."),
        }

    def clean_prerequisites(self) -> list[str]:
        return self.cleaned_data["prerequisites"].replace(",", " ").replace("，", " ").upper().split()


def _group_choices() -> list[tuple[str, object]]:
    """Groups that a text of the nation names first; the others are used by some provinces."""
    known = groups.groups().values()
    return [
        ("", _("Choose a group")),
        (_("Named in national texts"), [(g.code, g.name) for g in known if g.is_official]),
        (_("Used in some provinces"), [(g.code, g.name) for g in known if not g.is_official]),
    ]


class GroupForm(forms.Form):
    """Declaring a key group."""

    group = forms.ChoiceField(label=_("Group"), choices=_group_choices)
    evidence = forms.CharField(
        label=_("What you can show"),
        help_text=_("The paper and who issued it. No ID number."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    paper = forms.FileField(
        label=_("Photo or scan of the paper"),
        help_text=_(
            "PDF or a picture (PNG, JPEG), up to 10 MB. It is removed some weeks after the decision."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
    until = _day(_("Valid until"), _("If the paper ends on a day."))
    county = forms.ChoiceField(label=_("County desk that looks at it"), required=False)

    def __init__(self, *args: object, counties: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        named = [(code, numbers.county_name(code)) for code in counties]
        self.fields["county"].choices = [("", _("Any desk of my province")), *named]
        if not named:
            del self.fields["county"]


class GroupDecisionForm(forms.Form):
    """An office verifies (evidence, last day) or refuses (reason): which of the two, the pressed button says."""

    evidence = forms.CharField(
        label=_("What was shown"),
        help_text=_("The paper and who issued it. No ID number."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = _day(_("Valid until"), _("The last day by the paper; empty: without an end."))
    reason = forms.CharField(
        label=_("Reason for a refusal"),
        help_text=_("The learner reads it."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RosterForm(forms.Form):
    """A list of staff. Which enterprise is asked only of whom it is not plain."""

    organisation = forms.ModelChoiceField(label=_("Enterprise"), queryset=None, required=False)
    file = forms.FileField(
        label=_("List of staff"),
        help_text=_(
            ".xlsx or .csv with at most 5,000 rows. It is read once and sealed; the file is kept nowhere."
        ),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
    )

    def __init__(self, *args: object, enterprises: QuerySet[Organisation], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = enterprises
        self.only = enterprises.first() if enterprises.count() == 1 else None
        if self.only:
            del self.fields["organisation"]

    def clean(self) -> dict[str, object]:
        told = super().clean()
        told["organisation"] = self.only or told.get("organisation")
        if told["organisation"] is None and "organisation" not in self.errors:
            self.add_error("organisation", _("Say for which enterprise."))
        return told


class HelpForm(forms.Form):
    """Whom to help: by the phone in their hand, or by their card where there is none."""

    presence = forms.ChoiceField(
        label=_("How the learner proves to be here"),
        choices=HelpSession.Presence.choices,
        initial=HelpSession.Presence.PHONE,
        widget=forms.RadioSelect,
    )
    who = forms.CharField(
        label=_("Phone number, or resident ID number"),
        help_text=_(
            "The phone gets a code, which the learner reads out to you. The resident ID is only for learners without"
            " a phone: a second official then has to see the person and the card."
        ),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class HelpCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the learner's phone"),
        help_text=_("Six digits. After five wrong ones you begin anew."),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
