"""Questions as form fields: the keys somebody chose, nothing else. Which keys exist is checked by the service.

And the desks' forms: why a lesson is opened again, the numbers of a counting edition.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses import selectors as courses
from learners import answers as shapes
from learners.checks import QUICK
from learners.models import CountingEdition, Enrolment
from learners.selectors.edition_words import NUMBERS
from learners.selectors.editions import numbers_of
from learners.services import editions
from portal.accounts.models import Province, User
from portal.rules import RuleBroken

SALT = "learners.quiz.opened"


class QuizForm(forms.Form):
    """All questions of a short quiz. `opened` is the signed moment at which the server showed them."""

    opened = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        questions: list[courses.QuestionFacts],
        *args: object,
        pictures: Mapping[int, str] | None = None,
        **kwargs: object,
    ) -> None:
        """`pictures` are their addresses by question id."""
        super().__init__(*args, **kwargs)
        self.questions = questions
        for number, question in enumerate(questions, 1):
            self.fields[f"q{question.id}"] = _field(question, number, (pictures or {}).get(question.id, ""))

    @property
    def answers(self) -> dict[int, list[str]]:
        return {
            question.id: _as_list(self.cleaned_data.get(f"q{question.id}")) for question in self.questions
        }


def _as_list(value: object) -> list[str]:
    if not value:
        return []
    return list(value) if isinstance(value, list) else [str(value)]


class AnswerWidget(forms.Widget):
    """The answer to a question that is no plain list of ticks. Its value is the form's data where that is no answer yet."""

    template_name = "learners/_answer_field.html"
    use_fieldset = True

    def __init__(self, question: courses.QuestionFacts, picture: str) -> None:
        super().__init__()
        self.question, self.picture = question, picture

    def value_from_datadict(self, data: QueryDict, files: object, name: str) -> object:
        try:
            return shapes.read(self.question, data, name)
        except shapes.NotAnOrder:
            return shapes.places_in(self.question, data, name)

    def get_context(self, name: str, value: object, attrs: dict | None) -> dict[str, object]:
        places = value if isinstance(value, dict) else None
        given = value if isinstance(value, list) else []
        known = {key for key, _text in self.question.options}
        if not self.question.is_written:
            given = [key for key in given if key in known]
        sheet = courses.answer_sheet(self.question, given, name=name, picture=self.picture, places=places)
        return super().get_context(name, value, attrs) | {"sheet": sheet}


class AnswerField(forms.Field):
    def __init__(self, question: courses.QuestionFacts, picture: str, **kwargs: object) -> None:
        self.question = question
        super().__init__(widget=AnswerWidget(question, picture), **kwargs)

    def to_python(self, value: object) -> list[str]:
        try:
            if isinstance(value, dict):
                raise shapes.NotAnOrder
            return shapes.shaped(self.question, value or [])
        except RuleBroken as broken:
            raise forms.ValidationError(str(broken)) from broken


def _field(question: courses.QuestionFacts, number: int, picture: str = "") -> forms.Field:
    if question.kind not in QUICK:
        return AnswerField(
            question,
            picture,
            label=f"{number}. {question.stem}",
            help_text=_("Several answers are right.") if question.several else "",
            error_messages={"required": _("This question has no answer yet.")},
        )
    several = question.kind == "multiple"
    kind = forms.MultipleChoiceField if several else forms.ChoiceField
    return kind(
        label=f"{number}. {question.stem}",
        choices=[(key, f"{key}  {text}") for key, text in question.options],
        widget=forms.CheckboxSelectMultiple if several else forms.RadioSelect,
        help_text=_("Several answers are right.") if several else "",
        error_messages={"required": _("This question has no answer yet.")},
    )


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it may be opened"),
        min_length=5,
        max_length=500,
        help_text=_(
            "What you found when you spoke with the learner. It goes into the audit log; no personal numbers."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Say why it may be opened."),
            "min_length": _("Say why it may be opened, in at least five characters."),
        },
    )


class MarkForm(forms.Form):
    points_percent = forms.TypedChoiceField(
        label=_("The answer is"),
        coerce=int,
        choices=[(100, _("Right")), (50, _("Half right")), (0, _("Not right"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a mark.")},
    )


class EditionForm(forms.Form):
    """A counting edition as a person writes it: times in seconds; what each number does beside it."""

    name = forms.CharField(label=_("Name of the rule"), max_length=120)
    source = forms.CharField(
        label=_("Source document"),
        help_text=_("Where the numbers come from: title, document number, page."),
        max_length=500,
    )
    valid_from = forms.DateField(
        label=_("First day"),
        help_text=_(
            "For enrolments from this day on. Whoever is enrolled keeps the rule of their first day."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    fictional = forms.BooleanField(label=_("Fictional: an example only"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    ABOUT = ("name", "source", "valid_from", "fictional")
    GROUPS = (
        (
            _("Hours"),
            ("class_hour_seconds", "daily_cap_hours", "quiz_share_percent", "reading_characters_per_minute"),
        ),
        (
            _("Reports of the player"),
            ("beat_ms", "min_gap_ms", "max_gap_ms", "seek_slack_ms", "silent_after_seconds"),
        ),
        (
            _("Presence checks"),
            (
                "check_min_ms",
                "check_max_ms",
                "check_answer_seconds",
                "check_failures",
                "confirm_within_hours",
            ),
        ),
    )

    def __init__(
        self,
        *args: Any,
        province: Province | None,
        edition: CountingEdition | None = None,
        like: CountingEdition | None = None,
        **kwargs: Any,
    ) -> None:
        """`edition`: the draft to change; `like`: what a new one begins from."""
        self.province, self.edition = province, edition
        begin = edition or like
        if begin is not None:
            kwargs.setdefault("initial", _initial(begin, draft=edition is not None))
        super().__init__(*args, **kwargs)
        for name, number in NUMBERS.items():
            self.fields[name] = number.field()

    @property
    def about(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ABOUT]

    @property
    def groups(self) -> list[tuple[object, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def keep(self, *, by: User, at: dt.datetime) -> CountingEdition:
        """Draft it or change the draft. Raises RuleBroken."""
        told = dict(self.cleaned_data)
        revision = told.pop("revision")
        told |= {name: round(told[name] * number.unit) for name, number in NUMBERS.items()}
        if self.edition is None:
            return editions.draft_edition(province=self.province, by=by, at=at, **told)
        return editions.change_edition(self.edition, by=by, at=at, revision=revision, **told)


def _initial(edition: CountingEdition, *, draft: bool) -> dict[str, object]:
    shown = {name: NUMBERS[name].shown(value) for name, value in numbers_of(edition).items()}
    if not draft:
        return shown
    return {**shown, **{name: getattr(edition, name) for name in (*EditionForm.ABOUT, "revision")}}


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("The pass"),
        choices=[("keep", _("Stays a pass")), ("lower", _("Becomes a fail"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to do.")},
    )
    reason = forms.CharField(
        label=pgettext_lazy("decision", "Why"),
        min_length=5,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExtraTimeForm(forms.Form):
    number = forms.IntegerField(
        label=_("Learning number"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=_("It stands on the learner's page about the exam."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    minutes = forms.IntegerField(
        label=_("Extra minutes"), min_value=0, max_value=240, help_text=_("0 ends what was granted before.")
    )
    reason = forms.CharField(
        label=pgettext_lazy("decision", "Why"),
        min_length=5,
        max_length=500,
        help_text=_("It goes into the audit log; no personal numbers, no diagnosis."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def sign_opened(enrolment: Enrolment, lesson: courses.LessonFacts, *, at: dt.datetime) -> str:
    return signing.dumps([enrolment.pk, lesson.id, at.timestamp()], salt=SALT)


def opened_at(
    token: str, enrolment: Enrolment, lesson: courses.LessonFacts, *, at: dt.datetime
) -> dt.datetime:
    """The moment in the token, or `at` where it is missing, changed or another page's: then no time is credited."""
    try:
        enrolment_id, lesson_id, moment = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return at
    if (enrolment_id, lesson_id) != (enrolment.pk, lesson.id):
        return at
    return min(dt.datetime.fromtimestamp(moment, tz=dt.UTC), at)


class PracticeFilmForm(forms.Form):
    """A whole film in an ordinary form, where there is no script to send it in parts."""

    film = forms.FileField(
        label=_("Film of your work"),
        widget=forms.FileInput(attrs={"accept": "video/*"}),
        allow_empty_file=True,
        max_length=200,
        error_messages={"required": _("Choose a film.")},
    )

    def __init__(self, *args: object, task: courses.PracticalFacts, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["film"].help_text = _(
            "MP4, MOV or WebM, at most %(minutes)s minutes and %(size)s MB. Film with the phone held as you like."
        ) % {"minutes": task.film_most_minutes, "size": task.film_most_megabytes}

    def clean_film(self) -> UploadedFile:
        film = self.cleaned_data["film"]
        if film.size > settings.FILM_FORM_BYTES:
            raise forms.ValidationError(
                _(
                    "Without JavaScript a film may have up to %(most)s. Switch it on, and the film is sent in parts."
                )
                % {"most": filesizeformat(settings.FILM_FORM_BYTES)}
            )
        return film


class ReassignForm(forms.Form):
    reason = forms.CharField(
        label=_("Why somebody else is to assess it"),
        max_length=200,
        error_messages={"required": _("Say why somebody else is to assess it.")},
    )
