"""What the API of the catalogue says, row by row."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from courses.models import Course, Lesson


class CourseRow(serializers.ModelSerializer):
    title = serializers.CharField()
    hours = serializers.SerializerMethodField(help_text="Class hours (学时), a decimal string.")
    level_name = serializers.CharField()
    occupation = serializers.CharField(source="occupation.code")
    occupation_name = serializers.CharField(source="occupation.name")
    province = serializers.CharField(source="province_id")
    province_name = serializers.CharField(source="province.name")
    provider = serializers.IntegerField(source="organisation_id")
    provider_name = serializers.CharField(source="organisation.name")

    class Meta:
        model = Course
        fields = (
            "code",
            "title",
            "hours",
            "level",
            "level_name",
            "certificate_kind",
            "delivery",
            "occupation",
            "occupation_name",
            "province",
            "province_name",
            "provider",
            "provider_name",
            "state",
            "is_sample",
            "subsidised",
            "price_fen",
            "key_groups",
            "published_at",
        )

    def get_hours(self, course: Course) -> str:
        return f"{course.hours_tenths / 10:.1f}"


class FacetValueRow(serializers.Serializer):
    value = serializers.CharField()
    label = serializers.CharField()
    count = serializers.IntegerField()
    chosen = serializers.BooleanField()
    depth = serializers.IntegerField(help_text="1 and 2 below a branch of the tree of occupations, else 0.")


class FacetRow(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    values = FacetValueRow(many=True)


class Found(serializers.Serializer):
    q = serializers.CharField(source="params.q", help_text="The words that were searched for.")
    asked = serializers.CharField(
        help_text="The words as typed, where a typing error was mended; else empty."
    )
    total = serializers.IntegerField()
    page = serializers.IntegerField(source="page.number")
    pages = serializers.IntegerField(source="page.paginator.num_pages")
    facets = FacetRow(many=True)
    courses = CourseRow(many=True, source="page.object_list")


class LessonRow(serializers.Serializer):
    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=Lesson.Kind.choices)
    title = serializers.CharField()
    seconds = serializers.IntegerField(help_text="Media seconds of a video, 0 otherwise.")
    characters = serializers.IntegerField(help_text="Characters of a reading page, 0 otherwise.")


class BlueprintRow(serializers.Serializer):
    questions = serializers.IntegerField()
    pass_mark_percent = serializers.IntegerField()
    minutes = serializers.IntegerField()
    attempts = serializers.IntegerField()


class CourseDetail(CourseRow):
    summary = serializers.CharField()
    may_enrol = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()
    lessons = serializers.SerializerMethodField()
    exam = serializers.SerializerMethodField()

    class Meta(CourseRow.Meta):
        fields = (*CourseRow.Meta.fields, "summary", "may_enrol", "version", "lessons", "exam")

    def get_may_enrol(self, _course: Course) -> bool:
        return self.context["page"]["may_enrol"]

    def get_version(self, _course: Course) -> int:
        return self.context["page"]["version"].number

    @extend_schema_field(LessonRow(many=True))
    def get_lessons(self, _course: Course) -> list[dict[str, object]]:
        return LessonRow(self.context["page"]["outline"].lessons, many=True).data

    @extend_schema_field(BlueprintRow(allow_null=True))
    def get_exam(self, _course: Course) -> dict[str, int] | None:
        blueprint = self.context["page"]["blueprint"]
        return BlueprintRow(blueprint).data if blueprint else None
