"""Questions as form fields: the keys somebody chose, nothing else. Which keys exist is checked by the service."""

import datetime as dt

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import checks
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


class PinnedForm(forms.Form):
    """One question that stands in the film. `told` is what came of the answer, once there is one."""

    told: checks.Tried | None = None

    def __init__(self, question: courses.QuestionFacts, data: object = None) -> None:
        self.question = question
        super().__init__(data, prefix=f"pin{question.id}")
        self.fields["answer"] = _field(question)

    @property
    def chosen(self) -> frozenset[str]:
        return frozenset(_as_list(self.cleaned_data["answer"]))


def _as_list(value: object) -> list[str]:
    if not value:
        return []
    return list(value) if isinstance(value, list) else [str(value)]


def _field(question: courses.QuestionFacts, number: int | None = None) -> forms.Field:
    several = question.kind == "multiple"
    kind = forms.MultipleChoiceField if several else forms.ChoiceField
    return kind(
        label=f"{number}. {question.stem}" if number else question.stem,
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
