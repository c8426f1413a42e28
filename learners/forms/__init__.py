"""Questions as form fields: the keys somebody chose, nothing else. Which keys exist is checked by the service."""

import datetime as dt

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners.forms.sentences import sentence
from learners.models import Enrolment

SALT = "learners.quiz.opened"


class QuizForm(forms.Form):
    """All questions of a short quiz. `opened` is the signed moment at which the server showed them."""

    opened = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, questions: list[courses.QuestionFacts], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for number, question in enumerate(questions, 1):
            self.fields[f"q{question.id}"] = _field(question, number)

    @property
    def answers(self) -> dict[int, list[str]]:
        return {
            question.id: _as_list(self.cleaned_data.get(f"q{question.id}")) for question in self.questions
        }


def _as_list(value: object) -> list[str]:
    if not value:
        return []
    return list(value) if isinstance(value, list) else [str(value)]


def _field(question: courses.QuestionFacts, number: int) -> forms.Field:
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


class ContestForm(forms.Form):
    words = sentence(
        _("Why it should count"),
        _("What happened, in a sentence or two. An instructor or your province's administrator reads it."),
    )


class AnswerForm(forms.Form):
    """`verdict` is the button that was pressed."""

    reason = sentence(
        _("Reason"), _("The learner reads it. It goes into the audit log; no personal numbers.")
    )


class TakeBackForm(forms.Form):
    minutes = forms.DecimalField(
        label=_("Minutes to take back"),
        min_value=0,
        max_digits=6,
        decimal_places=1,
        help_text=_("The last minutes of this stretch. At most what is left of it."),
        error_messages={"required": _("Say how many minutes."), "invalid": _("Say how many minutes.")},
    )
    why = sentence(
        _("Reason"),
        _(
            "What the inspection found. The learner reads it; it goes into the audit log; no personal numbers."
        ),
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
