"""Questions as form fields: the keys somebody chose, nothing else. Which keys exist is checked by the service."""

import datetime as dt
from collections.abc import Mapping

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import answers as shapes
from learners import checks
from learners.models import Enrolment
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


def _field(question: courses.QuestionFacts, number: int | None = None, picture: str = "") -> forms.Field:
    if question.kind not in checks.QUICK:
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
        label=f"{number}. {question.stem}" if number else question.stem,
        choices=[(key, f"{key}  {text}") for key, text in question.options],
        widget=forms.CheckboxSelectMultiple if several else forms.RadioSelect,
        help_text=_("Several answers are right.") if several else "",
        error_messages={"required": _("This question has no answer yet.")},
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
