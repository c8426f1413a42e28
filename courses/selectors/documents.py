"""Versions as documents, many at a time, to be compared with what an import or a partner says."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from courses.documents import (
    BlueprintDocument,
    BlueprintPartDocument,
    CourseDocument,
    LessonDocument,
    SectionDocument,
)
from courses.models import CourseVersion, ExamBlueprint, Lesson, Question, Section
from courses.question_documents import OptionDocument, QuestionDocument

QUESTION_WORDS = (
    *("kind", "stem_zh", "stem_en", "why_zh", "why_en", "for_exam", "topic", "difficulty", "key", "moment"),
    *("number", "tolerance", "tolerance_in_percent", "unit", "picture_key", "picture_zh", "picture_en"),
)
"""What a question's row and its document call alike."""


@dataclass(frozen=True)
class Found:
    """A version as it stands: its document, and the rows behind it by their keys."""

    version: CourseVersion
    document: CourseDocument
    sections: dict[str, Section]
    lessons: dict[str, Lesson]


def question_document(row: Question) -> QuestionDocument:
    return QuestionDocument(
        options=tuple(
            OptionDocument(o["key"], o["zh"], o.get("en", ""), tuple(o["area"]) if o.get("area") else None)
            for o in row.options
        ),
        right=tuple(row.right_keys if row.kind == "ordering" else sorted(row.right_keys)),
        accepted=tuple(row.accepted),
        **{name: getattr(row, name) for name in QUESTION_WORDS},
    )


def _lesson(row: Lesson, asked: list[Question]) -> LessonDocument:
    return LessonDocument(
        key=row.key,
        kind=row.kind,
        title_zh=row.title_zh,
        title_en=row.title_en,
        body_zh=row.body_zh,
        body_en=row.body_en,
        planned_seconds=row.planned_seconds,
        teaching=row.teaching,
        on_site=row.on_site,
        questions=tuple(map(question_document, asked)),
    )


def _blueprint(row: ExamBlueprint | None) -> BlueprintDocument | None:
    if row is None:
        return None
    parts = tuple(BlueprintPartDocument(**part) for part in row.parts)
    return BlueprintDocument(row.questions, row.pass_mark_percent, row.minutes, row.attempts, parts)


def _whole(
    version: CourseVersion,
    sections: list[Section],
    lessons: list[Lesson],
    asked: dict[int | None, list[Question]],
    plan: ExamBlueprint | None,
) -> CourseDocument:
    inside: dict[int, list[LessonDocument]] = defaultdict(list)
    for row in lessons:
        inside[row.section_id].append(_lesson(row, asked[row.pk]))
    return CourseDocument(
        partner_ref=version.course.partner_ref,
        title_zh=version.title_zh,
        title_en=version.title_en,
        summary_zh=version.summary_zh,
        summary_en=version.summary_en,
        hours_tenths=version.hours_tenths,
        delivery=version.delivery,
        certificate_kind=version.certificate_kind,
        occupation=version.occupation.code,
        edition=version.occupation.edition,
        level=version.level,
        for_subsidy=version.for_subsidy,
        price_fen=version.price_fen,
        key_groups=tuple(sorted(version.key_groups)),
        sections=tuple(
            SectionDocument(row.key, row.title_zh, row.title_en, row.module, tuple(inside[row.pk]))
            for row in sections
        ),
        bank=tuple(map(question_document, asked[None])),
        blueprint=_blueprint(plan),
    )


def found(versions: Iterable[CourseVersion]) -> dict[int, Found]:
    """By version id, in four statements. The versions come with their course and occupation."""
    by_id = {version.pk: version for version in versions}
    sections: dict[int, list[Section]] = defaultdict(list)
    for section in Section.objects.filter(version__in=by_id).order_by("position"):
        sections[section.version_id].append(section)
    lessons: dict[int, list[Lesson]] = defaultdict(list)
    for lesson in Lesson.objects.filter(version__in=by_id).order_by("position"):
        lessons[lesson.version_id].append(lesson)
    asked: dict[int, dict[int | None, list[Question]]] = defaultdict(lambda: defaultdict(list))
    for question in Question.objects.filter(version__in=by_id).order_by("position"):
        asked[question.version_id][question.lesson_id].append(question)
    plans = {row.version_id: row for row in ExamBlueprint.objects.filter(version__in=by_id)}
    return {
        pk: Found(
            version,
            _whole(version, sections[pk], lessons[pk], asked[pk], plans.get(pk)),
            {row.key: row for row in sections[pk]},
            {row.key: row for row in lessons[pk]},
        )
        for pk, version in by_id.items()
    }
