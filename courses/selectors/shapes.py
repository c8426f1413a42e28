"""Versions as the check of a standard sees them. Read as plain values: a check is asked often and of many lessons."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import Count, Q

from courses.models import CourseVersion, ExamBlueprint, Lesson, Question, Section, Video
from courses.standards import CourseShape, ExamShape, LessonShape, SectionShape

_TITLE = ("title_zh", "title_en")
_SECTION = ("pk", "version_id", "key", "module", *_TITLE)
_LESSON = (
    "pk",
    "version_id",
    "section_id",
    "key",
    "kind",
    "seconds",
    "planned_seconds",
    "characters",
    "teaching",
    "on_site",
    *_TITLE,
)
_EXAM = ("version_id", "questions", "pass_mark_percent", "minutes", "attempts")


Titles = dict[str, tuple[str, str]]
"""Chinese and English titles by anchor: `section-key`, `lesson-key`."""


def shapes_of(versions: Iterable[CourseVersion]) -> dict[int, CourseShape]:
    """Shapes by version id, in five statements however many versions and lessons there are."""
    return {pk: shape for pk, (shape, _titles) in _read(versions).items()}


def shape_and_titles(version: CourseVersion) -> tuple[CourseShape, Titles]:
    return _read([version])[version.pk]


def _read(versions: Iterable[CourseVersion]) -> dict[int, tuple[CourseShape, Titles]]:
    rows = {version.pk: version for version in versions}
    ids = list(rows)
    sections: defaultdict[int, list[SectionShape]] = defaultdict(list)
    keys: dict[int, str] = {}
    titles: defaultdict[int, Titles] = defaultdict(dict)
    for pk, version_id, key, module, *title in (
        Section.objects.filter(version__in=ids).order_by("position").values_list(*_SECTION)
    ):
        keys[pk] = key
        titles[version_id][f"section-{key}"] = tuple(title)
        sections[version_id].append(SectionShape(key, module))
    asked, bank = _questions(ids)
    lessons = _lessons(ids, keys, asked, titles)
    exams = {
        version_id: ExamShape(*said)
        for version_id, *said in ExamBlueprint.objects.filter(version__in=ids).values_list(*_EXAM)
    }
    return {
        pk: (
            CourseShape(
                hours_tenths=version.hours_tenths,
                for_subsidy=version.for_subsidy,
                sections=tuple(sections[pk]),
                lessons=tuple(lessons[pk]),
                exam=exams.get(pk),
                bank=bank[pk],
            ),
            titles[pk],
        )
        for pk, version in rows.items()
    }


def _questions(versions: list[int]) -> tuple[Counter[int], Counter[int]]:
    """Questions by lesson, and questions for the exam by version."""
    asked: Counter[int] = Counter()
    bank: Counter[int] = Counter()
    counted = (
        Question.objects.filter(version__in=versions)
        .order_by()
        .values_list("version_id", "lesson_id")
        .annotate(n=Count("id"), exam=Count("id", filter=Q(for_exam=True)))
    )
    for version_id, lesson_id, n, exam in counted:
        asked[lesson_id] += n
        bank[version_id] += exam
    return asked, bank


def _films(versions: list[int]) -> dict[int, tuple[int, int]]:
    """By lesson: its films, and those of them without Chinese captions."""
    counted = (
        Video.objects.filter(lesson__version__in=versions)
        .order_by()
        .values_list("lesson_id")
        .annotate(n=Count("id"), mute=Count("id", filter=Q(captions_zh_key="")))
    )
    return {lesson_id: (n, mute) for lesson_id, n, mute in counted}


def _lessons(
    versions: list[int], sections: dict[int, str], asked: Counter[int], titles: dict[int, Titles]
) -> defaultdict[int, list[LessonShape]]:
    """Puts their titles to `titles`."""
    films = _films(versions)
    found: defaultdict[int, list[LessonShape]] = defaultdict(list)
    rows = Lesson.objects.filter(version__in=versions).order_by("position").values_list(*_LESSON)
    for (
        pk,
        version_id,
        section_id,
        key,
        kind,
        seconds,
        planned,
        characters,
        teaching,
        on_site,
        *title,
    ) in rows:
        titles[version_id][f"lesson-{key}"] = tuple(title)
        shown, mute = films.get(pk, (0, 0))
        found[version_id].append(
            LessonShape(
                key=key,
                section=sections[section_id],
                kind=kind,
                seconds=seconds or planned,
                characters=characters,
                teaching=teaching,
                on_site=on_site,
                films=shown,
                captioned=not mute,
                questions=asked[pk],
            )
        )
    return found
