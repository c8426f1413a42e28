"""Versions as the check of a standard sees them."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import Count, Q

from courses.models import CourseVersion, ExamBlueprint, Lesson, Question, Section
from courses.standards import CourseShape, ExamShape, LessonShape, SectionShape

_TEXTS = ("body_zh", "body_en", "transcript_zh", "transcript_en")


def shapes_of(versions: Iterable[CourseVersion]) -> dict[int, CourseShape]:
    """Shapes by version id, in five statements however many versions and lessons there are."""
    rows = {version.pk: version for version in versions}
    sections: defaultdict[int, list[Section]] = defaultdict(list)
    for section in Section.objects.filter(version__in=rows):
        sections[section.version_id].append(section)
    keys = {one.pk: one.key for listed in sections.values() for one in listed}
    asked, bank = _questions(rows)
    lessons: defaultdict[int, list[LessonShape]] = defaultdict(list)
    for lesson in Lesson.objects.filter(version__in=rows).defer(*_TEXTS).prefetch_related("videos"):
        lessons[lesson.version_id].append(_lesson(lesson, keys[lesson.section_id], asked[lesson.pk]))
    exams = {row.version_id: _exam(row) for row in ExamBlueprint.objects.filter(version__in=rows)}
    return {
        pk: CourseShape(
            hours_tenths=version.hours_tenths,
            for_subsidy=version.for_subsidy,
            sections=tuple(SectionShape(section.key, section.module) for section in sections[pk]),
            lessons=tuple(lessons[pk]),
            exam=exams.get(pk),
            bank=bank[pk],
        )
        for pk, version in rows.items()
    }


def shape_of(version: CourseVersion) -> CourseShape:
    return shapes_of([version])[version.pk]


def _questions(versions: Iterable[int]) -> tuple[Counter[int], Counter[int]]:
    """Questions by lesson, and questions for the exam by version."""
    asked: Counter[int] = Counter()
    bank: Counter[int] = Counter()
    counted = (
        Question.objects.filter(version__in=list(versions))
        .order_by()
        .values_list("version_id", "lesson_id")
        .annotate(n=Count("id"), exam=Count("id", filter=Q(for_exam=True)))
    )
    for version_id, lesson_id, n, exam in counted:
        asked[lesson_id] += n
        bank[version_id] += exam
    return asked, bank


def _lesson(lesson: Lesson, section: str, questions: int) -> LessonShape:
    videos = lesson.videos.all()
    return LessonShape(
        key=lesson.key,
        section=section,
        kind=lesson.kind,
        seconds=lesson.seconds or lesson.planned_seconds,
        characters=lesson.characters,
        teaching=lesson.teaching,
        on_site=lesson.on_site,
        films=len(videos),
        captioned=all(video.captions_zh_key for video in videos),
        questions=questions,
    )


def _exam(row: ExamBlueprint) -> ExamShape:
    return ExamShape(row.questions, row.pass_mark_percent, row.minutes, row.attempts)
