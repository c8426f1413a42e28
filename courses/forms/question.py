"""A question with its options, and how the closing exam is made."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses import captions
from courses.forms.chapters import moment
from courses.forms.editing import EditForm
from courses.models import ExamBlueprint, Lesson, Question

LETTERS = "ABCDEFGHIJ"
_SHOWN, _TWO = 6, 2
_FEW = {"rows": 3}


class QuestionForm(EditForm):
    """`rows` are the options as a page lays them out: key, text in Chinese, in English, whether it is right."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Question.Kind.choices)
    stem_zh = forms.CharField(
        label=_("Question in Chinese"), max_length=2_000, widget=forms.Textarea(attrs=_FEW)
    )
    stem_en = forms.CharField(
        label=_("Question in English"), max_length=3_000, required=False, widget=forms.Textarea(attrs=_FEW)
    )
    right_keys = forms.MultipleChoiceField(label=_("Right"), required=False)
    lesson = forms.ChoiceField(
        label=_("Asked in"), help_text=_("A lesson asks it to see that somebody is there."), required=False
    )
    for_exam = forms.BooleanField(label=_("Also in the bank of the closing exam"), required=False)
    moment = forms.CharField(
        label=_("Moment of the film"),
        help_text=_(
            "Optional, as in 1:05. The film stops there and asks; the answer earns nothing and costs nothing."
        ),
        max_length=10,
        required=False,
    )
    why_zh = forms.CharField(
        label=_("Why, in Chinese"), max_length=2_000, required=False, widget=forms.Textarea(attrs=_FEW)
    )
    why_en = forms.CharField(
        label=_("Why, in English"), max_length=3_000, required=False, widget=forms.Textarea(attrs=_FEW)
    )

    def __init__(
        self,
        data: object = None,
        *,
        lessons: list[Lesson],
        question: Question | None = None,
        asked_in: str = "",
    ) -> None:
        self.keys = self._keys(question)
        stored = self.of(question) if question else {"lesson": asked_in, "for_exam": not asked_in}
        super().__init__(data, stored=stored, revision=question.revision if question else 0)
        self.lessons = {str(row.pk): row for row in lessons}
        self.fields["lesson"].choices = [
            ("", _("No lesson")),
            *((pk, r.title) for pk, r in self.lessons.items()),
        ]
        self.fields["right_keys"].choices = [(key, key) for key in self.keys]
        for key in self.keys:
            for language, label in (
                ("zh", _("Option %(key)s in Chinese")),
                ("en", _("Option %(key)s in English")),
            ):
                self.fields[f"option_{key}_{language}"] = forms.CharField(
                    label=label % {"key": key}, max_length=500, required=False
                )

    @staticmethod
    def _keys(question: Question | None) -> list[str]:
        own = [row["key"] for row in question.options] if question else []
        more = [letter for letter in LETTERS if letter not in own]
        return own + more[: max(_SHOWN - len(own), 0)]

    @classmethod
    def of(cls, question: Question) -> dict[str, object]:
        said = {
            "kind": question.kind,
            "stem_zh": question.stem_zh,
            "stem_en": question.stem_en,
            "right_keys": list(question.right_keys),
            "lesson": str(question.lesson_id or ""),
            "for_exam": question.for_exam,
            "moment": "" if question.moment is None else moment(question.moment),
            "why_zh": question.why_zh,
            "why_en": question.why_en,
        }
        told = {row["key"]: row for row in question.options}
        for key in cls._keys(question):
            for language in ("zh", "en"):
                said[f"option_{key}_{language}"] = told.get(key, {}).get(language, "")
        return said

    @property
    def rows(self) -> list[tuple[str, object, object, bool]]:
        chosen = self["right_keys"].value() or []
        return [(key, self[f"option_{key}_zh"], self[f"option_{key}_en"], key in chosen) for key in self.keys]

    def clean_moment(self) -> str:
        typed = unicodedata.normalize("NFKC", self.cleaned_data["moment"]).strip()
        if not typed:
            return ""
        try:
            return moment(captions.moment(typed) // 1000)
        except ValueError:
            raise ValidationError(
                _("Write a moment of the film as minutes and seconds, as in 1:05.")
            ) from None

    def clean(self) -> dict[str, object]:
        said = super().clean()
        used = [key for key in self.keys if said.get(f"option_{key}_zh")]
        right, kind = said.get("right_keys", []), said.get("kind")
        if len(used) < _TWO:
            self.add_error(None, _("Write at least two options."))
        if not set(right) <= set(used):
            self.add_error("right_keys", _("An option without text cannot be right."))
        if kind == Question.Kind.MULTIPLE and len(right) < _TWO:
            self.add_error("right_keys", _("Tick at least two right options, or choose another kind."))
        if kind in {Question.Kind.SINGLE, Question.Kind.TRUE_FALSE} and len(right) != 1:
            self.add_error("right_keys", _("Tick exactly one right option."))
        if said.get("moment") and said.get("for_exam"):
            self.add_error(
                "moment",
                _(
                    "A question in the film may be tried as often as one likes. Take it out of the exam's bank first."
                ),
            )
        if not said.get("lesson") and not said.get("for_exam"):
            self.add_error("lesson", _("Choose a lesson, or put the question into the exam's bank."))
        return said

    def as_columns(self, typed: dict[str, object]) -> dict[str, object]:
        said = {name: value for name, value in typed.items() if not name.startswith("option_")}
        said["lesson"] = self.lessons.get(said["lesson"])
        said["moment"] = captions.moment(said["moment"]) // 1000 if said.get("moment") else None
        said["right_keys"] = sorted(said["right_keys"])
        said["options"] = [
            {"key": key, "zh": typed[f"option_{key}_zh"], "en": typed[f"option_{key}_en"]}
            for key in self.keys
            if typed[f"option_{key}_zh"]
        ]
        return said


class BlueprintForm(EditForm):
    """How the closing exam is made; an exam that is not there yet stands at revision 0."""

    questions = forms.IntegerField(label=_("Questions asked"), min_value=1, max_value=200)
    pass_mark_percent = forms.IntegerField(label=_("To pass, in percent"), min_value=1, max_value=100)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=300)
    attempts = forms.IntegerField(label=_("Attempts"), min_value=1, max_value=20)

    def __init__(self, data: object = None, *, blueprint: ExamBlueprint | None) -> None:
        names = ("questions", "pass_mark_percent", "minutes", "attempts")
        super().__init__(
            data,
            stored={name: getattr(blueprint, name, None) for name in names},
            revision=blueprint.revision if blueprint else 0,
        )
