"""Copies of sections, lessons, films and questions: in bulk, with whatever columns they have."""

from collections.abc import Iterable
from itertools import count
from typing import TypeVar

from django.db import models

from courses.models import CourseVersion, Lesson, PracticalTask, Question, Section, Video
from courses.models.questions import fresh_key
from courses.selectors.corrections import corrected
from courses.services.drafts import new_key, next_position
from courses.services.packages import copy_package

Row = TypeVar("Row", bound=models.Model)


def copied(row: Row, **changes: object) -> Row:
    fields = row._meta.concrete_fields  # noqa: SLF001 - Django's documented list of fields
    values = {field.attname: getattr(row, field.attname) for field in fields if not field.primary_key}
    return type(row)(**values | changes)


def copy_sections(
    sections: Iterable[Section], into: CourseVersion, *, fresh_keys: bool
) -> dict[int, Section]:
    """The copies by the id of the original."""
    olds = list(sections)
    made = Section.objects.bulk_create(
        copied(old, version_id=into.pk, revision=1, key=new_key("section") if fresh_keys else old.key)
        for old in olds
    )
    return dict(zip((old.pk for old in olds), made, strict=True))


def copy_lessons(
    lessons: Iterable[Lesson],
    into: CourseVersion,
    *,
    sections: dict[int, Section] | None = None,
    fresh_keys: bool,
) -> dict[int, Lesson]:
    """The copies by the id of the original, with their films (the same files), tasks and questions, in bulk.

    `sections` are the new sections by the id of the old one; without it the copies stand beside their originals.
    """
    olds = list(lessons)
    made = Lesson.objects.bulk_create(
        copied(
            old,
            version_id=into.pk,
            section_id=sections[old.section_id].pk if sections else old.section_id,
            revision=1,
            key=new_key("lesson") if fresh_keys else old.key,
        )
        for old in olds
    )
    pairs = dict(zip((old.pk for old in olds), made, strict=True))
    films = Video.objects.filter(lesson__in=pairs).order_by("lesson", "position")
    Video.objects.bulk_create(copied(film, lesson_id=pairs[film.lesson_id].pk) for film in films)
    tasks = PracticalTask.objects.filter(lesson__in=pairs)
    PracticalTask.objects.bulk_create(
        copied(task, lesson_id=pairs[task.lesson_id].pk, revision=1) for task in tasks
    )
    asked = Question.objects.filter(lesson__in=pairs).order_by("position")
    copy_questions(asked, into, lessons=pairs, keep_places=not fresh_keys)
    for old in olds:
        if old.kind == Lesson.Kind.PACKAGE:
            copy_package(old, pairs[old.pk])
    return pairs


def copy_questions(
    questions: Iterable[Question], into: CourseVersion, *, lessons: dict[int, Lesson], keep_places: bool
) -> None:
    """What was corrected is copied as it is after all. `keep_places` for a new version, in which questions of lessons and bank keep the order and the keys they had."""
    places = count(next_position(into.questions))
    Question.objects.bulk_create(
        copied(
            old,
            version_id=into.pk,
            lesson_id=lessons[old.lesson_id].pk if old.lesson_id else None,
            position=old.position if keep_places else next(places),
            revision=1,
            key=old.key if keep_places else fresh_key(),
        )
        for old in corrected(questions)
    )
