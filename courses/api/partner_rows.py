"""What the API of partners answers, row by row, with examples."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from courses.api.partner_documents import CourseIn, NamedCourseIn
from courses.models import Course, CourseVersion, PartnerCall
from courses.selectors.partners import Standing
from courses.workflow import State, VersionState

FATES = ["created", "updated", "unchanged", "refused"]


class ProblemRow(serializers.Serializer):
    place = serializers.CharField(
        help_text="The way to it, such as sections.0.lessons.2.kind; empty: the whole."
    )
    code = serializers.CharField()
    detail = serializers.CharField(help_text="One sentence in the language of Accept-Language.")


class Refusal(serializers.Serializer):
    code = serializers.CharField()
    detail = serializers.CharField()


class RefusedDocument(Refusal):
    problems = ProblemRow(many=True)


class Result(serializers.Serializer):
    partner_ref = serializers.CharField()
    fate = serializers.ChoiceField(choices=FATES)
    code = serializers.CharField(help_text="The course's code in the catalogue.")
    changes = serializers.ListField(child=serializers.CharField(), help_text="Fields that differed.")
    problems = ProblemRow(many=True)


class Courses(serializers.Serializer):
    courses = NamedCourseIn(many=True, help_text="At most 200.")


class Results(serializers.Serializer):
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="How many of each fate.")
    results = Result(many=True, help_text="In the order of the documents.")


class SuppliedRow(serializers.Serializer):
    partner_ref = serializers.CharField()
    code = serializers.CharField()
    title_zh = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    version = serializers.IntegerField()
    version_state = serializers.ChoiceField(choices=VersionState.choices)
    returned_reason = serializers.CharField()


class StandingRow(SuppliedRow):
    missing = serializers.ListField(
        child=serializers.CharField(),
        help_text="What still keeps the draft from being submitted, a sentence each.",
    )
    document = CourseIn(required=False, help_text="The newest version, as it may be sent again.")


class CallRow(serializers.ModelSerializer):
    key = serializers.CharField(
        source="key.public_id", default="", help_text="Empty: sent again from the desk."
    )

    class Meta:
        model = PartnerCall
        fields = (
            "uid",
            "at",
            "key",
            "method",
            "path",
            "idempotency_key",
            "body_digest",
            "body_bytes",
            "status",
            "fate",
            "counts",
            "problems",
            "resent_from",
        )


class CallDetail(CallRow):
    body = serializers.SerializerMethodField(help_text="What you sent, as text.")

    class Meta(CallRow.Meta):
        fields = (*CallRow.Meta.fields, "body")

    def get_body(self, call: PartnerCall) -> str:
        return call.body.decode("utf-8", "replace")


class _Page(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class SuppliedPage(_Page):
    results = SuppliedRow(many=True)


class CallPage(_Page):
    results = CallRow(many=True)


CURSOR = [
    OpenApiParameter("cursor", str, description="From `next` of the page before."),
    OpenApiParameter("size", int, description="Rows of a page, at most 100; 20 where it is left out."),
]


def supplied(course: Course, version: CourseVersion) -> dict[str, object]:
    return {
        "partner_ref": course.partner_ref,
        "code": course.code,
        "title_zh": version.title_zh,
        "state": course.state,
        "version": version.number,
        "version_state": version.state,
        "returned_reason": version.returned_reason,
    }


def standing(stands: Standing) -> dict[str, object]:
    return {
        **supplied(stands.course, stands.version),
        "missing": list(dict.fromkeys(stands.report.missing if stands.report else ())),
    }


def shown(value: object) -> str:
    """A reference that could not be read, as far as it can be shown."""
    return str(value)[:80].encode("utf-8", "replace").decode().replace("\x00", "�") if value else ""


FIRST = {
    "title_zh": "焊工（五级）：安全与平焊入门",
    "title_en": "Welder, level 5: safety and flat welds",
    "hours": "12.0",
    "delivery": "video",
    "certificate_kind": "level",
    "level": 5,
    "occupation": "6-18-02-04",
    "sections": [
        {
            "key": "safety",
            "title_zh": "安全",
            "module": "safety",
            "lessons": [
                {
                    "key": "power-off",
                    "kind": "reading",
                    "title_zh": "先断电",
                    "body_zh": "<p>先断电，再检修。</p>",
                }
            ],
        }
    ],
    "bank": [
        {
            "kind": "single",
            "stem_zh": "检修前先做什么？",
            "options": [{"key": "A", "zh": "断电"}, {"key": "B", "zh": "开工"}],
            "right": ["A"],
        }
    ],
    "blueprint": {"questions": 1, "pass_mark_percent": 60, "minutes": 10, "attempts": 3},
}
EXAMPLES_OF_ONE = [OpenApiExample("The first course", value=FIRST, request_only=True)]
EXAMPLES_OF_MANY = [
    OpenApiExample(
        "One course", value={"courses": [{"partner_ref": "WELD-5-001", **FIRST}]}, request_only=True
    )
]
