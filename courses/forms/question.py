"""A question with what its kind needs. How the exam is made from them: forms/blueprint.py."""

import unicodedata
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses import captions
from courses.forms.chapters import moment
from courses.forms.editing import EditForm
from courses.marking import Unclear, folded, read_number
from courses.models import Lesson, Question, Section
from courses.pictures import NotAPicture, keep_picture
from courses.question_documents import MOST_ACCEPTED, OPTION_KEYS, is_area

Kind = Question.Kind
_SHOWN, _TWO = 6, 2
MOST_CHARACTERS = 200
"""Of an accepted text, as the column has it."""
_FEW = {"rows": 3}
AREA = ("x", "y", "width", "height")
_AREA_NAMES = {
    "x": pgettext_lazy("spot", "Left, %"),
    "y": pgettext_lazy("spot", "Top, %"),
    "width": pgettext_lazy("spot", "Width, %"),
    "height": pgettext_lazy("spot", "Height, %"),
}
HELP = {
    Kind.SINGLE: _("Exactly one option is right."),
    Kind.MULTIPLE: _("All right options must be chosen, and no wrong one."),
    Kind.TRUE_FALSE: _("A sentence that is true or false."),
    Kind.NUMERIC: _(
        "The learner writes a number. Full-width and Chinese digits and a decimal comma are understood."
    ),
    Kind.ORDERING: _("The learner puts steps in order. They are shown in another order than the right one."),
    Kind.HOTSPOT: _(
        "The learner points at a numbered spot in a picture, or chooses it from a list by its name."
    ),
    Kind.SHORT_TEXT: _(
        "The learner writes a few words. What you accept is right by rule; anything else waits for an instructor."
    ),
}
"""What each kind asks of a learner."""


class NumberText(forms.CharField):
    """A number as people write it."""

    def clean(self, value: object) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            number = read_number(text)
        except Unclear as unclear:
            raise forms.ValidationError(
                _("Write a number, such as 12.5, without marks between thousands.")
            ) from unclear
        return number

    def prepare_value(self, value: object) -> object:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class QuestionForm(EditForm):
    """The fields are those of one kind; among single, several, and true or false it may still change.

    `rows` are the options as a page lays them out. Of an ordering they are the steps in the right order.
    """

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    stem_zh = forms.CharField(
        label=_("Question in Chinese"), max_length=2_000, widget=forms.Textarea(attrs=_FEW)
    )
    stem_en = forms.CharField(
        label=_("Question in English"), max_length=3_000, required=False, widget=forms.Textarea(attrs=_FEW)
    )
    lesson = forms.ChoiceField(
        label=_("Asked in"), help_text=_("A lesson asks it to see that somebody is there."), required=False
    )
    for_exam = forms.BooleanField(label=_("Also in the bank of the closing exam"), required=False)
    topic = forms.ChoiceField(
        label=pgettext_lazy("question", "Section"),
        help_text=_(
            "What a question of the bank alone is about; one of a lesson belongs to the lesson's section."
        ),
        required=False,
    )
    difficulty = forms.TypedChoiceField(
        label=_("Difficulty"), choices=Question.Difficulty.choices, coerce=int, required=False, empty_value=2
    )
    moment = forms.CharField(
        label=_("Moment of the film"),
        help_text=_("As in 1:05. The film stops there and asks; the answer earns nothing and costs nothing."),
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
        files: object = None,
        *,
        lessons: list[Lesson],
        sections: list[Section],
        question: Question | None = None,
        asked_in: str = "",
        kind: str = Kind.SINGLE,
    ) -> None:
        self.question = question
        self.shape = question.kind if question else kind
        self.shape = Kind.SINGLE if self.shape in Question.CHOSEN else Kind(self.shape)
        self.keys = self._keys(question)
        fresh = {"lesson": asked_in, "for_exam": not asked_in, "kind": kind, "topic": "", "difficulty": 2}
        stored = self.of(question) if question else fresh
        super().__init__(data, stored=stored, revision=question.revision if question else 0, files=files)
        self.lessons = {str(row.pk): row for row in lessons}
        self.fields["lesson"].choices = [
            ("", _("No lesson")),
            *((pk, r.title) for pk, r in self.lessons.items()),
        ]
        known = [(row.key, row.title) for row in sections]
        if (topic := stored["topic"]) and topic not in dict(known):
            known.append((topic, topic))
        self.fields["topic"].choices = [("", _("No section")), *known]
        offered = Question.CHOSEN if self.shape == Kind.SINGLE else {self.shape}
        self.fields["kind"].choices = [(value, label) for value, label in Kind.choices if value in offered]
        if len(offered) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            del self.fields["moment"]
        {
            Kind.SINGLE: self._add_choice,
            Kind.ORDERING: self._add_options,
            Kind.HOTSPOT: self._add_spots,
            Kind.NUMERIC: self._add_number,
            Kind.SHORT_TEXT: self._add_accepted,
        }[self.shape]()

    # -- fields by kind ---------------------------------------------------------------------------------------------

    def _add_options(self) -> None:
        labels = (_("Option %(key)s in Chinese"), _("Option %(key)s in English"))
        if self.shape == Kind.ORDERING:
            labels = (_("Step %(key)s in Chinese"), _("Step %(key)s in English"))
        elif self.shape == Kind.HOTSPOT:
            labels = (_("Name of spot %(key)s in Chinese"), _("Name of spot %(key)s in English"))
        for number, key in enumerate(self.keys, 1):
            named = {"key": key if self.shape == Kind.SINGLE else number}
            for language, label in zip(("zh", "en"), labels, strict=True):
                self.fields[f"option_{key}_{language}"] = forms.CharField(
                    label=label % named, max_length=500, required=False
                )

    def _add_choice(self) -> None:
        self.fields["right_keys"] = forms.MultipleChoiceField(
            label=_("Right"), required=False, choices=[(key, key) for key in self.keys]
        )
        self._add_options()

    def _add_spots(self) -> None:
        self.fields["picture"] = forms.FileField(
            label=_("Picture"),
            required=self.question is None,
            help_text=_("JPEG or PNG of at most 10 MB."),
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        )
        for name, label, needed in (
            ("picture_zh", _("What the picture shows, in Chinese"), True),
            ("picture_en", _("What the picture shows, in English"), False),
        ):
            self.fields[name] = forms.CharField(
                label=label,
                max_length=300,
                required=needed,
                help_text=_("For whoever cannot see it. Do not give the answer away.") if needed else "",
            )
        self._add_choice()
        for key in self.keys:
            for name in AREA:
                self.fields[f"spot_{key}_{name}"] = forms.IntegerField(
                    label=_AREA_NAMES[name], min_value=0, max_value=100, required=False
                )

    def _add_number(self) -> None:
        self.fields["number"] = NumberText(label=_("Right number"), max_length=24)
        self.fields["tolerance"] = NumberText(
            label=_("May be off by"), max_length=24, required=False, help_text=_("Blank is exact.")
        )
        self.fields["tolerance_in_percent"] = forms.BooleanField(
            label=_("This is percent of the right number"), required=False
        )
        self.fields["unit"] = forms.CharField(
            label=_("Unit"),
            max_length=20,
            required=False,
            help_text=_(
                "Shown behind the field, such as mm or °C. A sign that reads the same in every language."
            ),
        )

    def _add_accepted(self) -> None:
        self.fields["accepted"] = forms.CharField(
            label=_("Accepted answers"),
            required=False,
            max_length=4_000,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_(
                "One a line, in every language. Width, case, spaces and closing marks make no difference. Blank: every"
                " answer waits for an instructor."
            ),
        )

    # -- from the row, to its columns -------------------------------------------------------------------------------

    def _keys(self, question: Question | None) -> list[str]:
        """Of an ordering the letters follow the right order; the stored ones follow the order shown."""
        if self.shape == Kind.ORDERING:
            return list(OPTION_KEYS)
        own = [row["key"] for row in question.options] if question else []
        more = [letter for letter in OPTION_KEYS if letter not in own]
        return own + more[: max(_SHOWN - len(own), 0)]

    def of(self, question: Question) -> dict[str, object]:
        names = ("kind", "stem_zh", "stem_en", "for_exam", "topic", "difficulty", "why_zh", "why_en")
        said = {name: getattr(question, name) for name in names}
        said["lesson"] = str(question.lesson_id or "")
        if self.shape == Kind.SINGLE:
            said["moment"] = "" if question.moment is None else moment(question.moment)
        if self.shape == Kind.NUMERIC:
            names = ("number", "tolerance", "tolerance_in_percent", "unit")
            return said | {name: getattr(question, name) for name in names}
        if self.shape == Kind.SHORT_TEXT:
            return said | {"accepted": "\n".join(question.accepted)}
        if self.shape != Kind.ORDERING:
            said["right_keys"] = list(question.right_keys)
        if self.shape == Kind.HOTSPOT:
            said |= {"picture_zh": question.picture_zh, "picture_en": question.picture_en}
        for key, row in self._told(question).items():
            said[f"option_{key}_zh"], said[f"option_{key}_en"] = row.get("zh", ""), row.get("en", "")
            if self.shape == Kind.HOTSPOT:
                said |= {
                    f"spot_{key}_{name}": n
                    for name, n in zip(AREA, row.get("area") or [None] * 4, strict=True)
                }
        return said

    def _told(self, question: Question) -> dict[str, dict]:
        if self.shape == Kind.ORDERING:
            told = dict(zip(self.keys, question.ordered_options, strict=False))
        else:
            told = {row["key"]: row for row in question.options}
        return {key: told.get(key, {}) for key in self.keys}

    @property
    def rows(self) -> list[dict[str, object]]:
        chosen = self["right_keys"].value() or [] if "right_keys" in self.fields else []
        return [
            {
                "key": key,
                "number": number,
                "zh": self[f"option_{key}_zh"],
                "en": self[f"option_{key}_en"],
                "right": key in chosen,
                "area": [self[f"spot_{key}_{name}"] for name in AREA] if self.shape == Kind.HOTSPOT else [],
            }
            for number, key in enumerate(self.keys, 1)
        ]

    @property
    def help(self) -> object:
        return HELP[self["kind"].value() if self["kind"].value() in HELP else self.shape]

    def clean_moment(self) -> str:
        typed = unicodedata.normalize("NFKC", self.cleaned_data["moment"]).strip()
        if not typed:
            return ""
        try:
            return moment(captions.moment(typed) // 1000)
        except ValueError:
            raise forms.ValidationError(
                _("Write a moment of the film as minutes and seconds, as in 1:05.")
            ) from None

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if not said.get("lesson") and not said.get("for_exam"):
            self.add_error("lesson", _("Choose a lesson, or put the question into the exam's bank."))
        if said.get("moment") and said.get("for_exam"):
            self.add_error(
                "moment",
                _(
                    "A question in the film may be tried as often as one likes. Take it out of the exam's bank first."
                ),
            )
        if self.shape == Kind.NUMERIC:
            if (said.get("tolerance") or 0) < 0:
                self.add_error("tolerance", _("An amount without a sign is needed here."))
        elif self.shape == Kind.SHORT_TEXT:
            self._check_accepted(said)
        else:
            self._check_options(said)
        return said

    def _check_accepted(self, said: dict[str, object]) -> None:
        lines = [line.strip() for line in str(said.get("accepted", "")).splitlines() if line.strip()]
        if (
            len(lines) > MOST_ACCEPTED
            or not all(map(folded, lines))
            or any(len(line) > MOST_CHARACTERS for line in lines)
        ):
            self.add_error(
                "accepted",
                _("At most %(most)s lines of at most 200 characters, each with a letter or digit in it.")
                % {"most": MOST_ACCEPTED},
            )

    def _check_options(self, said: dict[str, object]) -> None:
        used = [key for key in self.keys if said.get(f"option_{key}_zh")]
        right, kind = said.get("right_keys", []), said.get("kind")
        if len(used) < _TWO:
            least = {
                Kind.ORDERING: _("Write at least two steps."),
                Kind.HOTSPOT: _("Name at least two spots."),
            }
            self.add_error(None, least.get(self.shape, _("Write at least two options.")))
        if self.shape == Kind.ORDERING:
            return
        if not set(right) <= set(used):
            self.add_error("right_keys", _("An option without text cannot be right."))
        if kind == Kind.MULTIPLE and len(right) < _TWO:
            self.add_error("right_keys", _("Tick at least two right options, or choose another kind."))
        if kind in {Kind.SINGLE, Kind.TRUE_FALSE} and len(right) != 1:
            self.add_error("right_keys", _("Tick exactly one right option."))
        if kind == Kind.HOTSPOT:
            self._check_spots(said, used, right)

    def _check_spots(self, said: dict[str, object], used: list[str], right: list[str]) -> None:
        if not right:
            self.add_error("right_keys", _("Tick at least one right spot."))
        for number, key in enumerate(self.keys, 1):
            if key in used and not is_area(self._area(said, key)):
                self.add_error(
                    f"spot_{key}_x",
                    _("Say where spot %(number)s lies: left, top, width and height, all within the picture.")
                    % {"number": number},
                )
        self.picture_key = self.question.picture_key if self.question else ""
        if upload := said.get("picture"):
            try:
                self.picture_key = keep_picture(upload)
            except NotAPicture as broken:
                self.add_error("picture", str(broken))

    @staticmethod
    def _area(said: dict[str, object], key: str) -> list[object]:
        return [said.get(f"spot_{key}_{name}") for name in AREA]

    def as_columns(self, typed: dict[str, object]) -> dict[str, object]:
        parts = ("option_", "spot_")
        said = {
            name: value for name, value in typed.items() if not name.startswith(parts) and name != "picture"
        }
        said["lesson"] = self.lessons.get(said["lesson"])
        if self.shape == Kind.SINGLE:
            said["moment"] = captions.moment(said["moment"]) // 1000 if said.get("moment") else None
        if self.shape == Kind.NUMERIC:
            said["tolerance"] = said["tolerance"] or Decimal(0)
            return said
        if self.shape == Kind.SHORT_TEXT:
            said["accepted"] = [line.strip() for line in said["accepted"].splitlines() if line.strip()]
            return said
        used = [key for key in self.keys if typed[f"option_{key}_zh"]]
        said["options"] = [self._option(typed, key) for key in used]
        said["right_keys"] = used if self.shape == Kind.ORDERING else sorted(said["right_keys"])
        if self.shape == Kind.HOTSPOT:
            said["picture_key"] = self.picture_key
        return said

    def _option(self, typed: dict[str, object], key: str) -> dict[str, object]:
        row = {"key": key, "zh": typed[f"option_{key}_zh"], "en": typed[f"option_{key}_en"]}
        return row | ({"area": self._area(typed, key)} if self.shape == Kind.HOTSPOT else {})
