"""What the API says and hears of drafts. Times of lessons are seconds, prices fen, class hours decimal strings."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from courses.models import Course, CourseVersion, ExamBlueprint, Lesson, Occupation, Question, Section
from courses.services.drafts import MOST_CHARACTERS

_STEPS = ["up", "down", "duplicate", "delete", "place"]


def _text(most: int = MOST_CHARACTERS) -> serializers.CharField:
    return serializers.CharField(max_length=most, required=False, allow_blank=True)


class Revised(serializers.Serializer):
    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 1, help_text="As it was read.")


class Words(serializers.Serializer):
    """What a course says of itself; what is left out stays."""

    title_zh = serializers.CharField(max_length=120)
    title_en = _text(200)
    summary_zh = _text(600)
    summary_en = _text(1000)
    occupation = serializers.CharField(max_length=12, help_text="Code of the classification.")
    edition = serializers.CharField(max_length=4, help_text="Of the classification, such as 2022.")
    certificate_kind = serializers.ChoiceField(Course.CertificateKind.choices)
    level = serializers.IntegerField(min_value=1, max_value=5, allow_null=True, required=False)
    hours = serializers.DecimalField(
        max_digits=5, decimal_places=1, min_value=Decimal("0.1"), max_value=Decimal(2000)
    )
    delivery = serializers.ChoiceField(Course.Delivery.choices)
    for_subsidy = serializers.BooleanField(required=False)
    price_fen = serializers.IntegerField(min_value=0, max_value=10_000_000, required=False)
    key_groups = serializers.ListField(
        child=serializers.RegexField(r"^[a-z_]{1,40}$"), max_length=20, required=False
    )

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        """An occupation is known by code and edition together."""
        if ("occupation" in attrs) != ("edition" in attrs):
            raise serializers.ValidationError({"occupation": "Give code and edition together."})
        if "occupation" in attrs:
            found = Occupation.objects.filter(code=attrs["occupation"], edition=attrs.pop("edition")).first()
            if found is None:
                raise serializers.ValidationError(
                    {"occupation": "This edition of the classification has no such code."}
                )
            attrs["occupation"] = found
        return attrs


class NewCourse(Words):
    organisation = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="The provider's id.")


class CourseBody(Revised, Words):
    pass


class NewSection(serializers.Serializer):
    title_zh = serializers.CharField(max_length=120)
    title_en = _text(200)
    module = serializers.SlugField(max_length=40, required=False, allow_blank=True)


class SectionBody(Revised, NewSection):
    pass


class NewLesson(serializers.Serializer):
    title_zh = serializers.CharField(max_length=120)
    title_en = _text(200)
    kind = serializers.ChoiceField(Lesson.Kind.choices)
    section = serializers.SlugField(max_length=40, required=False, help_text="Key; the last one if left out.")


class FilmChapter(serializers.Serializer):
    seconds = serializers.IntegerField(min_value=0, max_value=100_000)
    zh = serializers.CharField(max_length=80)
    en = serializers.CharField(max_length=80, allow_blank=True, required=False, default="")


class LessonBody(Revised):
    """What is left out stays; a text comes whole: both languages and its format."""

    title_zh = serializers.CharField(max_length=120, required=False)
    title_en = _text(200)
    kind = serializers.ChoiceField(Lesson.Kind.choices, required=False)
    section = serializers.SlugField(max_length=40, required=False)
    teaching = serializers.ChoiceField(Lesson.Teaching.choices, required=False)
    planned_seconds = serializers.IntegerField(min_value=0, max_value=60_000, required=False)
    on_site = serializers.BooleanField(required=False)
    no_skip = serializers.BooleanField(required=False)
    body_format = serializers.ChoiceField(Lesson.BodyFormat.choices, required=False)
    written_zh = _text()
    written_en = _text()
    transcript_zh = _text()
    transcript_en = _text()
    chapters = FilmChapter(many=True, required=False)

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        whole = {"body_format", "written_zh", "written_en"}
        if whole & set(attrs) and not whole <= set(attrs):
            raise serializers.ValidationError(
                {"written_zh": "Send body_format, written_zh and written_en together."}
            )
        if "chapters" in attrs:
            attrs["chapters"] = [dict(row) for row in attrs["chapters"]]
        return attrs


class QuestionOption(serializers.Serializer):
    key = serializers.CharField(max_length=2)
    zh = serializers.CharField(max_length=500)
    en = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")
    area = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=100),
        min_length=4,
        max_length=4,
        required=False,
        help_text="Of a spot in a picture: left, top, width, height in percent.",
    )


def _number(**more: object) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=20, decimal_places=6, required=False, normalize_output=True, **more
    )


class NewQuestion(serializers.Serializer):
    kind = serializers.ChoiceField(Question.Kind.choices)
    stem_zh = serializers.CharField(max_length=2_000)
    stem_en = _text(3_000)
    options = QuestionOption(many=True, required=False)
    right_keys = serializers.ListField(
        child=serializers.CharField(max_length=2),
        max_length=26,
        required=False,
        help_text="Of an ordering all keys in the right order.",
    )
    topic = _text(40)
    difficulty = serializers.IntegerField(min_value=1, max_value=3, required=False)
    number = _number()
    tolerance = _number(min_value=Decimal(0))
    tolerance_in_percent = serializers.BooleanField(required=False)
    unit = _text(20)
    accepted = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=20, required=False
    )
    lesson = serializers.SlugField(max_length=40, required=False, allow_null=True, help_text="Key.")
    for_exam = serializers.BooleanField(required=False)
    moment = serializers.IntegerField(
        min_value=1,
        max_value=86_400,
        required=False,
        allow_null=True,
        help_text="Second of the lesson's film.",
    )
    why_zh = _text(2_000)
    why_en = _text(3_000)

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        if "options" in attrs:
            attrs["options"] = [dict(row) for row in attrs["options"]]
        return attrs


class QuestionBody(Revised, NewQuestion):
    pass


class BlueprintPart(serializers.Serializer):
    """So many questions of a section (its key), kind and difficulty; empty or 0 is any."""

    count = serializers.IntegerField(min_value=1, max_value=200)
    section = serializers.CharField(max_length=40, allow_blank=True, required=False, default="")
    kind = serializers.ChoiceField(Question.Kind.choices, allow_blank=True, required=False, default="")
    difficulty = serializers.IntegerField(min_value=0, max_value=3, required=False, default=0)


class BlueprintBody(Revised):
    """An exam that is not there yet stands at revision 0."""

    questions = serializers.IntegerField(min_value=1, max_value=200)
    pass_mark_percent = serializers.IntegerField(min_value=1, max_value=100)
    minutes = serializers.IntegerField(min_value=1, max_value=300)
    attempts = serializers.IntegerField(min_value=1, max_value=20)
    parts = BlueprintPart(many=True, required=False)

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        if "parts" in attrs:
            attrs["parts"] = [dict(row) for row in attrs["parts"]]
        return attrs


class PartStep(serializers.Serializer):
    """`place` puts a part before the one named, or at the end; a lesson also into `section`."""

    step = serializers.ChoiceField(_STEPS)
    section = serializers.SlugField(max_length=40, required=False, allow_blank=True, default="")
    before = serializers.SlugField(max_length=40, required=False, allow_blank=True, default="")


class QuestionStep(serializers.Serializer):
    """Up, down and `place` (before the question named, or at the end) are meant in its lesson, or in the exam's bank."""

    step = serializers.ChoiceField(["up", "down", "delete", "place"])
    in_bank = serializers.BooleanField(required=False, default=False)
    before = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, help_text="Its id.")


class VersionStep(serializers.Serializer):
    step = serializers.ChoiceField(["submit", "recall", "start", "discard"])


class DraftFinding(serializers.Serializer):
    rule = serializers.CharField()
    section = serializers.CharField()
    lesson = serializers.CharField()
    detail = serializers.CharField()
    warns = serializers.BooleanField()


class LessonInDraft(serializers.ModelSerializer):
    section = serializers.CharField(source="section.key")

    class Meta:
        model = Lesson
        fields = ("key", "section", "position", "kind", "title_zh", "title_en", "seconds", "planned_seconds",
                  "characters", "teaching", "on_site", "no_skip", "revision")  # fmt: skip


class LessonDraft(LessonInDraft):
    written_zh = serializers.CharField()
    written_en = serializers.CharField()
    chapters = serializers.SerializerMethodField()

    class Meta(LessonInDraft.Meta):
        fields = (*LessonInDraft.Meta.fields, "body_format", "written_zh", "written_en", "transcript_zh",
                  "transcript_en", "chapters")  # fmt: skip

    @extend_schema_field(FilmChapter(many=True))
    def get_chapters(self, lesson: Lesson) -> list[dict[str, object]]:
        film = next(iter(lesson.videos.all()), None)
        return film.chapters if film else []


class SectionDraft(serializers.ModelSerializer):
    class Meta:
        model = Section
        fields = ("key", "position", "title_zh", "title_en", "module", "revision")


class QuestionDraft(serializers.ModelSerializer):
    """What is right, and why, is there for authors only."""

    lesson = serializers.SerializerMethodField()
    options = QuestionOption(many=True)

    class Meta:
        model = Question
        fields = ("id", "position", "kind", "stem_zh", "stem_en", "options", "lesson", "for_exam", "moment", "right_keys",
                  "why_zh", "why_en", "topic", "difficulty", "number", "tolerance", "tolerance_in_percent", "unit", "accepted",
                  "picture_zh", "picture_en", "revision")  # fmt: skip

    def get_lesson(self, question: Question) -> str | None:
        return question.lesson.key if question.lesson_id else None

    def to_representation(self, question: Question) -> dict[str, object]:
        told = super().to_representation(question)
        if not self.context["answers"]:
            for name in (
                "right_keys",
                "why_zh",
                "why_en",
                "number",
                "tolerance",
                "tolerance_in_percent",
                "accepted",
            ):
                del told[name]
        return told


class DraftRow(serializers.ModelSerializer):
    open_state = serializers.CharField(allow_null=True)
    open_number = serializers.IntegerField(allow_null=True)
    provider = serializers.IntegerField(source="organisation_id")

    class Meta:
        model = Course
        fields = (
            "code",
            "title_zh",
            "title_en",
            "provider",
            "state",
            "open_state",
            "open_number",
            "published_at",
        )


class Draft(serializers.ModelSerializer):
    """The version at the authors' desk: the one not published yet, or else the published one."""

    code = serializers.CharField(source="course.code")
    occupation = serializers.CharField(source="occupation.code")
    edition = serializers.CharField(source="occupation.edition")
    hours = serializers.SerializerMethodField(help_text="Class hours (学时), a decimal string.")
    may_edit = serializers.SerializerMethodField()
    sections = SectionDraft(many=True)
    lessons = serializers.SerializerMethodField()
    exam = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()

    class Meta:
        model = CourseVersion
        fields = ("code", "number", "state", "returned_reason", "revision", "may_edit", "title_zh", "title_en",
                  "summary_zh", "summary_en", "occupation", "edition", "certificate_kind", "level", "hours",
                  "delivery", "for_subsidy", "price_fen", "key_groups", "sections", "lessons", "exam",
                  "findings")  # fmt: skip

    def get_hours(self, version: CourseVersion) -> str:
        return f"{version.hours_tenths / 10:.1f}"

    def get_may_edit(self, version: CourseVersion) -> bool:
        return self.context["may_edit"]

    @extend_schema_field(LessonInDraft(many=True))
    def get_lessons(self, version: CourseVersion) -> list[dict[str, object]]:
        rows = version.lessons.select_related("section").order_by("position")
        texts = ("body_zh", "body_en", "source_zh", "source_en", "transcript_zh", "transcript_en")
        return LessonInDraft(rows.defer(*texts), many=True).data

    @extend_schema_field(BlueprintBody(allow_null=True))
    def get_exam(self, version: CourseVersion) -> dict[str, int] | None:
        row = ExamBlueprint.objects.filter(version=version).first()
        return BlueprintBody(row).data if row else None

    @extend_schema_field(DraftFinding(many=True))
    def get_findings(self, version: CourseVersion) -> list[dict[str, object]]:
        say = self.context["report"].speech.reason
        return [
            DraftFinding(
                {
                    "rule": row.rule,
                    "section": row.section,
                    "lesson": row.lesson,
                    "detail": say(row),
                    "warns": row.warns,
                }
            ).data
            for row in self.context["report"].findings
            if not row.ok
        ]


class ChangedLine(serializers.Serializer):
    kind = serializers.CharField()
    text = serializers.CharField()


class ChangeInDraft(serializers.Serializer):
    label = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    lines = ChangedLine(many=True)


class ChangedPart(serializers.Serializer):
    kind = serializers.CharField(help_text="added, removed, moved or changed")
    title = serializers.CharField()
    changes = ChangeInDraft(many=True)


class DraftDifferences(serializers.Serializer):
    words = ChangeInDraft(many=True)
    sections = ChangedPart(many=True)
    lessons = ChangedPart(many=True)
    questions = ChangedPart(many=True)
    films = ChangedPart(many=True)
    exam = ChangeInDraft(many=True)
