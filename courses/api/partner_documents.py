"""The course document as a partner's machine writes it: its fields, their bounds, and what is said of a wrong one."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from courses.documents import (
    MOST_FEN,
    MOST_PARTS,
    MOST_SECONDS,
    BlueprintDocument,
    BlueprintPartDocument,
    CourseDocument,
    LessonDocument,
    SectionDocument,
)
from courses.models import Course, Lesson, Question
from courses.problems import Problem
from courses.question_documents import LENGTHS, MOST_ACCEPTED, OptionDocument, QuestionDocument

KEY = r"^[A-Za-z0-9_-]{1,40}$"
MOST_SHOWN = 80


class Strict(serializers.Serializer):
    """A field that it does not know is refused: a typing error must not pass for silence."""

    def to_internal_value(self, data: object) -> dict[str, object]:
        value = super().to_internal_value(data)
        if unknown := sorted(set(data) - set(self.fields)):
            raise serializers.ValidationError(
                {
                    name[:MOST_SHOWN]: [
                        serializers.ErrorDetail(_("There is no field of this name."), "unknown")
                    ]
                    for name in unknown
                }
            )
        return value


def _text(name: str, **more: object) -> serializers.CharField:
    kept = {"required": False, "allow_blank": True, "default": ""} if more.pop("optional", False) else {}
    return serializers.CharField(max_length=LENGTHS[name], **kept, **more)


def _key(**more: object) -> serializers.RegexField:
    return serializers.RegexField(KEY, help_text="1 to 40 letters, digits, hyphens, underscores.", **more)


class Option(Strict):
    key = serializers.ChoiceField(choices=list("ABCDEFGH"))
    zh = serializers.CharField(max_length=LENGTHS["stem_zh"])
    en = serializers.CharField(max_length=LENGTHS["stem_en"], required=False, allow_blank=True, default="")
    area = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=100),
        min_length=4,
        max_length=4,
        allow_null=True,
        default=None,
        help_text="Of a spot in a picture: left, top, width, height in percent.",
    )


def _decimal(**more: object) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=20, decimal_places=6, allow_null=True, default=None, normalize_output=True, **more
    )


class QuestionIn(Strict):
    """Of each kind its own fields: options and right; of a number the number, tolerance and unit; of a short text what is
    accepted. A picture is put in at the desk; here its key may only be told again.
    """

    kind = serializers.ChoiceField(choices=Question.Kind.choices)
    stem_zh = _text("stem_zh")
    stem_en = _text("stem_en", optional=True)
    options = Option(many=True, max_length=8, default=list)
    right = serializers.ListField(
        child=serializers.CharField(max_length=1),
        max_length=8,
        default=list,
        help_text="Keys of the right options; of an ordering all keys in the right order.",
    )
    why_zh = _text("why_zh", optional=True)
    why_en = _text("why_en", optional=True)
    for_exam = serializers.BooleanField(
        default=False, help_text="A question of a lesson may be one of the exam too."
    )
    topic = _text(
        "topic", optional=True, help_text="Key of the section that a question of the bank is about."
    )
    difficulty = serializers.IntegerField(min_value=1, max_value=3, default=2, help_text="1 easy to 3 hard.")
    number = _decimal(help_text="The right number.")
    tolerance = _decimal(min_value=Decimal(0), help_text="How far an answer may be off.")
    tolerance_in_percent = serializers.BooleanField(default=False)
    unit = _text("unit", optional=True)
    accepted = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=MOST_ACCEPTED, default=list
    )
    picture_key = _text("picture_key", optional=True)
    picture_zh = _text("picture_zh", optional=True, help_text="What the picture shows.")
    picture_en = _text("picture_en", optional=True)


class LessonIn(Strict):
    key = _key()
    kind = serializers.ChoiceField(choices=Lesson.Kind.choices)
    title_zh = _text("title_zh")
    title_en = _text("title_en", optional=True)
    body_zh = _text("body_zh", optional=True, help_text="HTML of a reading lesson; it is sanitised.")
    body_en = _text("body_en", optional=True)
    planned_seconds = serializers.IntegerField(
        min_value=0,
        max_value=MOST_SECONDS,
        default=0,
        help_text="Of a lesson without a length of its own: live class, practical task, package, exam, quiz.",
    )
    teaching = serializers.ChoiceField(choices=Lesson.Teaching.choices, default="theory")
    on_site = serializers.BooleanField(default=False)
    questions = QuestionIn(
        many=True, required=False, allow_null=True, default=None, help_text="Left out: what is there stays."
    )


class SectionIn(Strict):
    key = _key()
    title_zh = _text("title_zh")
    title_en = _text("title_en", optional=True)
    module = _key(required=False, allow_blank=True, default="")
    lessons = LessonIn(many=True, required=False, default=list)


class BlueprintPartIn(Strict):
    """What is left out, empty or 0 is any."""

    count = serializers.IntegerField(min_value=1, max_value=200)
    section = serializers.CharField(max_length=40, default="", allow_blank=True, help_text="Its key.")
    kind = serializers.ChoiceField(choices=Question.Kind.choices, default="", allow_blank=True)
    difficulty = serializers.IntegerField(min_value=0, max_value=3, default=0)


class BlueprintIn(Strict):
    questions = serializers.IntegerField(min_value=1, max_value=200)
    pass_mark_percent = serializers.IntegerField(min_value=1, max_value=100)
    minutes = serializers.IntegerField(min_value=1, max_value=300)
    attempts = serializers.IntegerField(min_value=1, max_value=20)
    parts = BlueprintPartIn(
        many=True,
        max_length=MOST_PARTS,
        default=list,
        help_text="Where questions come from; what the parts leave comes from the whole bank.",
    )


class CourseIn(Strict):
    """A course as its supplier tells it. Province and organisation are those of the key.

    What is left out of `sections`, `bank` and `blueprint` stays as it is; an empty list empties it.
    """

    title_zh = _text("title_zh")
    title_en = _text("title_en", optional=True)
    summary_zh = _text("summary_zh", optional=True)
    summary_en = _text("summary_en", optional=True)
    hours = serializers.DecimalField(
        max_digits=6,
        decimal_places=1,
        min_value=Decimal("0.1"),
        max_value=Decimal(10_000),
        help_text="Class hours (学时).",
    )
    delivery = serializers.ChoiceField(choices=Course.Delivery.choices)
    certificate_kind = serializers.ChoiceField(choices=Course.CertificateKind.choices)
    level = serializers.IntegerField(
        min_value=1,
        max_value=5,
        required=False,
        allow_null=True,
        default=None,
        help_text="5 is junior, 1 the highest.",
    )
    occupation = serializers.CharField(
        max_length=12, help_text="Code of the occupation in the classification."
    )
    edition = serializers.CharField(max_length=4, default="2022")
    for_subsidy = serializers.BooleanField(default=False)
    price_fen = serializers.IntegerField(min_value=0, max_value=MOST_FEN, default=0)
    key_groups = serializers.ListField(child=_key(), required=False, default=list, max_length=20)
    sections = SectionIn(many=True, required=False, allow_null=True, default=None)
    bank = QuestionIn(
        many=True,
        required=False,
        allow_null=True,
        default=None,
        help_text="Questions of the closing exam alone.",
    )
    blueprint = BlueprintIn(required=False, allow_null=True, default=None)


class NamedCourseIn(CourseIn):
    partner_ref = serializers.CharField(
        max_length=LENGTHS["partner_ref"], help_text="Your own id of the course."
    )


def _questions(rows: list[dict] | None) -> tuple[QuestionDocument, ...] | None:
    if rows is None:
        return None
    return tuple(
        QuestionDocument(
            **{
                **row,
                "options": tuple(map(_option, row["options"])),
                "right": tuple(row["right"]),
                "accepted": tuple(row["accepted"]),
            }
        )
        for row in rows
    )


def _option(row: dict) -> OptionDocument:
    return OptionDocument(**{**row, "area": row["area"] and tuple(row["area"])})


def _plan(row: dict | None) -> BlueprintDocument | None:
    if row is None:
        return None
    return BlueprintDocument(
        **{**row, "parts": tuple(BlueprintPartDocument(**part) for part in row["parts"])}
    )


def _section(row: dict) -> SectionDocument:
    lessons = (
        LessonDocument(**{**lesson, "questions": _questions(lesson["questions"])})
        for lesson in row["lessons"]
    )
    return SectionDocument(**{**row, "lessons": tuple(lessons)})


def _document(said: dict, partner_ref: str) -> CourseDocument:
    rest = {name: value for name, value in said.items() if name not in {"hours", "partner_ref"}}
    sections, plan = said["sections"], said["blueprint"]
    return CourseDocument(
        **{
            **rest,
            "partner_ref": partner_ref,
            "hours_tenths": int(said["hours"] * 10),
            "key_groups": tuple(said["key_groups"]),
            "sections": None if sections is None else tuple(map(_section, sections)),
            "bank": _questions(said["bank"]),
            "blueprint": _plan(plan),
        }
    )


def read(data: object, partner_ref: str | None = None) -> CourseDocument | list[dict[str, str]]:
    """The document, or what is wrong with its fields. Without `partner_ref` the data must hold one."""
    serializer = (NamedCourseIn if partner_ref is None else CourseIn)(data=data)
    if not serializer.is_valid():
        return list(_flat(serializer.errors))
    said = serializer.validated_data
    return _document(said, said["partner_ref"] if partner_ref is None else partner_ref)


def _flat(errors: object, place: str = "") -> Iterator[dict[str, str]]:
    if isinstance(errors, dict):
        for name, inner in errors.items():
            step = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, f"{place}.{step}".strip("."))
    elif isinstance(errors, list):
        for n, inner in enumerate(errors):
            if isinstance(inner, dict | list):
                yield from _flat(inner, f"{place}.{n}".strip("."))
            else:
                yield {"place": _storable(place), "code": str(inner.code), "detail": _storable(str(inner))}


def _storable(text: str) -> str:
    """Without what neither JSON nor the database can hold."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "�")


def told(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    return [
        {
            "place": problem.place.replace("hours_tenths", "hours"),
            "code": problem.rule,
            "detail": _storable(problem.sentence),
        }
        for problem in problems
    ]


def written(document: CourseDocument) -> dict[str, object]:
    """A document as it may be put again under its reference: what `read` reads."""

    def questions(rows: tuple[QuestionDocument, ...] | None) -> list[dict[str, object]]:
        return [
            {
                **{name: value for name, value in vars(row).items() if name not in {"key", "moment"}},
                "right": list(row.right),
                "accepted": list(row.accepted),
                "number": _exact(row.number),
                "tolerance": _exact(row.tolerance),
                "options": [
                    {**vars(option), "area": option.area and list(option.area)} for option in row.options
                ],
            }
            for row in rows or ()
        ]

    said = dict(vars(document))
    tenths = said.pop("hours_tenths")
    del said["partner_ref"]
    return {
        **said,
        "hours": f"{tenths // 10}.{tenths % 10}",
        "key_groups": list(document.key_groups),
        "sections": [
            {
                **vars(section),
                "lessons": [
                    {**vars(lesson), "questions": questions(lesson.questions)} for lesson in section.lessons
                ],
            }
            for section in document.sections or ()
        ],
        "bank": questions(document.bank),
        "blueprint": document.blueprint
        and {**vars(document.blueprint), "parts": [dict(vars(part)) for part in document.blueprint.parts]},
    }


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
