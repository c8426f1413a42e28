"""What is asked at the desk."""

import datetime as dt
from collections.abc import Iterable

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates.models import Certificate, ExternalCertificate, PaperTemplate, Ruling
from certificates.models.inspections import MOST_IN_A_SAMPLE
from certificates.paper.checking import NAMES, OPTIONAL, Problem, problems
from certificates.paper.wording import Wording
from certificates.selectors import desk
from certificates.selectors.batches import WaitingCourse
from certificates.services import templates
from certificates.words import KINDS, LEVELS
from portal.accounts.models import Province, User
from portal.rules import RuleBroken


class ProposeForm(forms.Form):
    """`steps` are those that the certificate's state allows."""

    kind = forms.ChoiceField(label=_("What is to be done"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("For what reason"),
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
        choices=[("approve", _("Approve")), ("refuse", _("Decline")), ("withdraw", _("Take back"))],
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
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Certificate.State.choices]
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *KINDS.items()])
    level = forms.TypedChoiceField(
        label=_("Level"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("All levels")), *LEVELS.items()],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Newest first")),
            (desk.OLD, _("Oldest first")),
            (desk.ISSUED_LAST, _("Latest issue first")),
            (desk.ISSUED_FIRST, _("Earliest issue first")),
        ],
    )
    course = forms.CharField(label=_("Course code"), required=False, max_length=24)
    province = forms.CharField(required=False, max_length=6)
    issued_from = forms.DateField(
        label=_("Issued from"), required=False, widget=forms.DateInput({"type": "date"})
    )
    issued_to = forms.DateField(
        label=_("Issued to"), required=False, widget=forms.DateInput({"type": "date"})
    )
    batch = forms.UUIDField(required=False, widget=forms.HiddenInput)
    only = forms.ChoiceField(
        label=_("Show only"),
        required=False,
        choices=[
            ("", _("All certificates")),
            (desk.PROPOSED, _("Waits for a second person")),
            (desk.PAPERLESS, _("The paper could not be made")),
        ],
    )

    def filters(self) -> desk.Filters:
        self.is_valid()
        told = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        return desk.Filters(**told)


class SampleForm(forms.Form):
    purpose = forms.CharField(
        label=_("What the inspection is for"),
        max_length=200,
        error_messages={"required": _("Say what the inspection is for.")},
    )
    size = forms.IntegerField(
        label=_("How many certificates"), min_value=1, max_value=MOST_IN_A_SAMPLE, initial=20
    )
    seed = forms.CharField(
        label=_("Seed"),
        required=False,
        max_length=64,
        help_text=_(
            "Only to draw an earlier sample again, or for a number drawn in public. Else the portal draws one."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class FindingForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What you found"),
        choices=[("sound", _("Sound: nothing is wrong with it")), ("flawed", _("Flawed"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    words = forms.CharField(
        label=_("In words"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class StartBatchForm(forms.Form):
    """`waiting` are the courses with certificates that wait for a batch (selectors.batches.WaitingCourse)."""

    province = forms.CharField(widget=forms.HiddenInput)
    course = forms.TypedChoiceField(
        label=_("What is issued"), coerce=lambda code: "" if code == StartBatchForm.ALL else code
    )
    ALL = "all"

    def __init__(self, *args: object, waiting: Iterable[WaitingCourse], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        rows = list(waiting)
        everything = _("All that waits (%(n)s)") % {"n": f"{sum(row.count for row in rows):,}"}
        choices = [(row.code, f"{row.title or row.code} · {row.code} ({row.count:,})") for row in rows]
        self.fields["course"].choices = [(self.ALL, everything), *choices]


class TermsForm(forms.Form):
    province = forms.CharField(widget=forms.HiddenInput)
    by_batch = forms.TypedChoiceField(
        label=_("How certificates are issued"),
        choices=[
            ("no", _("Each at once, when a course is completed")),
            ("yes", _("Only in batches that an officer starts")),
        ],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )


class TemplateForm(forms.Form):
    """What a paper says, as a person writes it. `template`: the draft to change; `like`: what a new one begins from."""

    valid_from = forms.DateField(
        label=_("First day"),
        help_text=_("Certificates issued from this day on are printed by it. Earlier ones stay as they are."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    source = forms.CharField(
        label=_("Source document"),
        help_text=_("Where the words come from: title, document number."),
        max_length=200,
        required=False,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    LENGTHS = {
        "title": 40,
        "title_en": 100,
        "sentence": 400,
        "english": 600,
        "remark": 200,
        "issuer": 60,
        "issuer_en": 120,
    }
    HINTS: dict[str, Promise] = {
        "issuer": _("{province} becomes the full name of the province."),
        "issuer_en": _(
            "Stands under the issuer, in small letters. {province} becomes the name of the province."
        ),
        "remark": _("Stands under the sentences, in small letters."),
    }
    LONG = {"sentence": 5, "english": 5, "remark": 2}
    GROUPS = (
        (_("When and why"), ("valid_from", "source")),
        (_("What it says"), ("title", "title_en", "sentence", "english", "remark", "issuer", "issuer_en")),
        (
            _("Labels at the foot"),
            ("label_serial", "label_occupation", "label_provider", "label_address", "label_code"),
        ),
    )

    def __init__(
        self,
        *args: object,
        kind: str,
        province: Province | None,
        template: PaperTemplate | None = None,
        like: PaperTemplate | None = None,
        **kwargs: object,
    ) -> None:
        self.kind, self.province, self.template = kind, province, template
        if begin := template or like:
            kwargs.setdefault("initial", self._said(begin, draft=template is not None))
        super().__init__(*args, **kwargs)
        for name, label in NAMES.items():
            self.fields[name] = forms.CharField(
                label=label,
                help_text=self.HINTS.get(name, ""),
                max_length=self.LENGTHS.get(name, 40),
                required=name not in OPTIONAL,
                widget=forms.Textarea(attrs={"rows": self.LONG[name]}) if name in self.LONG else None,
            )

    @staticmethod
    def _said(begin: PaperTemplate, *, draft: bool) -> dict[str, object]:
        about = ("valid_from", "source", "revision") if draft else ()
        return begin.wording.as_json() | {name: getattr(begin, name) for name in about}

    @property
    def groups(self) -> list[tuple[Promise, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def wording(self) -> Wording:
        """Line breaks and runs of spaces are single spaces: the paper has its own lines."""
        return Wording(**{name: " ".join(self.cleaned_data[name].split()) for name in NAMES})

    def add_problems(self, found: Iterable[Problem]) -> None:
        for place, sentence in found:
            self.add_error(place, sentence)

    def can_be_shown(self) -> bool:
        """Whether the words as typed can be printed; what is in the way stands at its field."""
        province = {"province": self.province.full_name_zh} if self.province else {}
        self.add_problems(problems(self.wording(), self.kind, **province))
        return not self.errors

    def keep(self, *, by: User, at: dt.datetime) -> PaperTemplate:
        """Draft it or change the draft. Raises RuleBroken."""
        told = {
            "wording": self.wording(),
            "valid_from": self.cleaned_data["valid_from"],
            "source": self.cleaned_data["source"],
            "by": by,
            "at": at,
        }
        if self.template is None:
            return templates.draft(self.province, self.kind, **told)
        return templates.change(self.template, revision=self.cleaned_data["revision"], **told)


def _levels() -> list[tuple[str, str]]:
    """As they are printed."""
    return [("", _("None")), *((str(n), name) for n, name in LEVELS.items())]


class ExternalForm(forms.Form):
    """What stands on a certificate that somebody else issued. `FIELD_OF` says which box a rule of the service is about."""

    FIELD_OF = {
        "bad_certificate_number": "number",
        "issued_here": "number",
        "registered_by_you": "number",
        "registered_already": "number",
        "unknown_occupation": "occupation",
        "occupation_of_other_edition": "occupation",
        "level_missing": "level",
        "issuer_missing": "issuer_name",
        "bad_day": "issued_on",
        "not_a_paper": "paper",
        "paper_too_large": "paper",
        "consent_missing": "agreed",
    }

    kind = forms.ChoiceField(
        label=_("Which certificate"),
        choices=ExternalCertificate.Kind.choices,
        initial=ExternalCertificate.Kind.LEVEL,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which certificate it is.")},
    )
    number = forms.CharField(
        label=_("Number of the certificate"),
        help_text=_("As printed. Spaces do not matter."),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        error_messages={"required": _("Type the number of the certificate.")},
    )
    occupation = forms.CharField(
        label=_("Occupation"),
        help_text=_(
            "Its name or code. For a special ability: the occupation of the course that you completed here."
        ),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "occupations", "autocomplete": "off"}),
        error_messages={"required": _("Name the occupation.")},
    )
    level = forms.TypedChoiceField(
        label=_("Level"),
        help_text=_("Only a skill level certificate has one."),
        choices=_levels,
        coerce=int,
        empty_value=None,
        required=False,
    )
    issuer_name = forms.CharField(
        label=pgettext_lazy("certificate", "Issued by"),
        help_text=_("The assessment body, as printed."),
        max_length=100,
        error_messages={"required": _("Type who issued the certificate, as printed.")},
    )
    issuer_code = forms.CharField(
        label=_("Number of the assessment body"),
        help_text=_("If one is printed."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    issued_on = forms.DateField(
        label=_("Day of issue"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Enter the day of issue.")},
    )
    paper = forms.FileField(
        label=_("Photo or scan of the certificate"),
        help_text=_(
            "PDF or a picture (PNG, JPEG), up to 10 MB. The office needs it if the register does not answer."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
    agreed = forms.BooleanField(
        label=_(
            "I agree: this number, my name and my ID number are sent to the national register of skill certificates,"
            " now and each month as long as a claim may rest on the certificate."
        ),
        error_messages={"required": _("Without your consent the certificate cannot be checked.")},
    )

    def add_broken(self, broken: RuleBroken) -> None:
        """The sentence of a rule at the box it is about."""
        self.add_error(self.FIELD_OF.get(broken.code), str(broken))


class PaperForm(forms.Form):
    paper = forms.FileField(
        label=_("Photo or scan of the certificate"),
        help_text=_("PDF or a picture (PNG, JPEG), up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={"required": _("Choose a file.")},
    )


class RulingForm(forms.Form):
    """`steps` are those that the state of the certificate allows."""

    kind = forms.ChoiceField(label=_("What is to be done"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("What you compared with what"),
        min_length=5,
        max_length=500,
        help_text=_("Paper, office, day. Leave personal numbers out."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what you compared with what.")},
    )

    def __init__(self, *args: object, steps: Iterable[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, label) for kind, label in Ruling.Kind.choices if kind in steps]


class ExternalDeskForm(forms.Form):
    """The filters of the list. Whatever does not fit is no filter."""

    words = forms.CharField(required=False, max_length=40)
    state = forms.ChoiceField(
        required=False,
        choices=[("", ""), ("person", _("Needs a person")), *ExternalCertificate.State.choices],
    )
