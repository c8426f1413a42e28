"""Contenders of the standard check: the rules alone, its statements bare, and the whole check of a long course."""

import datetime as dt
from collections.abc import Callable

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from benchmarks.rounds import Figures, repeated
from courses.models import (
    ContentStandard,
    Course,
    CourseVersion,
    ExamBlueprint,
    Lesson,
    Occupation,
    Question,
    Section,
    Video,
)
from courses.selectors.shapes import shapes_of
from courses.selectors.standards import of_version, report_on
from courses.standards import MODULES, check
from portal import clock
from portal.accounts.models import Organisation, User

ON = dt.date(2026, 3, 16)
CODE = "BENCH-CHECK"
QUESTIONS = 200
RULES = {
    "min_hours": "60",
    "max_hours": "200",
    "theory_min": 30,
    "practice_min": 30,
    "online_max": 80,
    "lesson_max_seconds": 2_700,
    "workshop_captions": True,
    "bank_min": 100,
    "exam_questions": 50,
    "exam_pass_mark": 60,
    "exam_minutes": 60,
    "exam_attempts": 3,
}


def course_of(lessons: int, *, by: User, second: User, organisation: Organisation) -> CourseVersion:
    """A draft for the subsidy with so many lessons in ten sections, a bank, and a standard of the nation in force."""
    version = draft(CODE, lessons, by=by, organisation=organisation)
    made = _fill(version, lessons)
    bank(version, made)
    _standard(version, by=by, second=second, at=version.created_at)
    return CourseVersion.objects.select_related("course", "occupation").get(pk=version.pk)


def draft(code: str, lessons: int, *, by: User, organisation: Organisation) -> CourseVersion:
    """Of 0.8 class hours a lesson, without any of them yet."""
    at = clock.now()
    words = {
        "title_zh": "标准检查用课程",
        "hours_tenths": lessons * 8,
        "delivery": "workshop_filmed",
        "certificate_kind": "level",
        "level": 4,
        "occupation": Occupation.objects.get(code="6-18-02-04", edition="2022"),
        "for_subsidy": True,
    }
    course = Course.objects.create(
        code=code,
        province_id=organisation.province_id,
        organisation=organisation,
        created_at=at,
        created_by=by,
        **words,
    )
    return CourseVersion.objects.create(course=course, number=1, created_at=at, created_by=by, **words)


def _fill(version: CourseVersion, lessons: int) -> list[Lesson]:
    sections = Section.objects.bulk_create(
        Section(
            version=version, key=f"s{n}", position=n + 1, title_zh=f"第 {n} 章", module=(*MODULES, "", "")[n]
        )
        for n in range(10)
    )
    made = Lesson.objects.bulk_create(
        Lesson(
            version=version,
            section=sections[n * 10 // lessons],
            key=f"l{n}",
            position=n + 1,
            kind="workshop" if n % 2 else "video",
            teaching="practice" if n % 2 else "theory",
            on_site=n % 3 == 0,
            title_zh=f"第 {n} 课",
            seconds=2_400,
            transcript_zh="焊前检查接地与气路。" * 60,
        )
        for n in range(lessons)
    )
    Video.objects.bulk_create(
        Video(
            lesson=lesson,
            mp4_key="x.mp4",
            poster_key="x.jpg",
            captions_zh_key="x.vtt",
            milliseconds=2_400_000,
            width=1280,
            height=720,
            bytes=1,
        )
        for lesson in made
    )
    return made


def bank(version: CourseVersion, lessons: list[Lesson]) -> None:
    """So many questions of the closing exam, spread over the lessons, and what it draws."""
    Question.objects.bulk_create(
        Question(
            version=version,
            lesson=lessons[n % len(lessons)],
            position=n + 1,
            for_exam=True,
            kind="true_false",
            stem_zh="先断电再检修？",
            options=[{"key": "A", "zh": "对"}, {"key": "B", "zh": "错"}],
            right_keys=["A"],
        )
        for n in range(QUESTIONS)
    )
    ExamBlueprint.objects.create(version=version, questions=60, pass_mark_percent=60, minutes=90, attempts=2)


def _standard(version: CourseVersion, *, by: User, second: User, at: dt.datetime) -> None:
    freedoms = {"max_hours", "online_max", "lesson_max_seconds", "exam_attempts"}
    rules = {
        key: {"value": value, "province": "ceiling" if key in freedoms else "floor"}
        for key, value in RULES.items()
    }
    modules = [{"code": code, "hours": 4, "province": "floor"} for code in MODULES]
    row = ContentStandard.objects.create(
        occupation=version.occupation,
        certificate_kind="level",
        level=4,
        valid=DateRange(dt.date(2020, 1, 1), None),
        title_zh="标准",
        doc_no="bench",
        source="bench",
        body={"schema": "standard/1", "rules": rules, "modules": modules},
        edited_at=at,
        edited_by=by,
    )
    ContentStandard.objects.filter(pk=row.pk).update(state="published", published_at=at, published_by=second)


def checking(version: CourseVersion) -> Callable[[float], Figures]:
    """The whole check, as at submitting: statements, rules, findings."""
    return lambda seconds: repeated(lambda: report_on(version, on=ON), seconds)


def rules_alone(version: CourseVersion) -> Callable[[float], Figures]:
    """The pure function over a shape that is there already."""
    shape, standard = shapes_of([version])[version.pk], of_version(version, on=ON).standard
    return lambda seconds: repeated(lambda: check(shape, standard), seconds)


def bare_statements(version: CourseVersion) -> Callable[[float], Figures]:
    """Its statements alone, without a row made into an object."""
    sql = statements(version)

    def once() -> None:
        with connection.cursor() as cursor:
            for one in sql:
                cursor.execute(one)
                cursor.fetchall()

    return lambda seconds: repeated(once, seconds)


def statements(version: CourseVersion) -> list[str]:
    with CaptureQueriesContext(connection) as taken:
        report_on(version, on=ON)
    return [query["sql"].replace("%", "%%") for query in taken.captured_queries]
