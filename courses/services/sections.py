"""The sections of a draft: adding, renaming, moving, doubling and deleting them."""

import datetime as dt

from django.db import transaction
from django.db.models import ProtectedError

from courses.models import Course, CourseVersion, Lesson, Question, Section, Video
from courses.services.copies import copy_lessons, copy_sections
from courses.services.drafts import (
    InUse,
    change,
    draft_with,
    new_key,
    next_position,
    put_in_order,
    renumber_lessons,
    room_for_lessons,
    room_for_sections,
)
from courses.services.packages import let_go
from courses.services.steps import draft_of, locked
from portal.accounts.models import User
from portal.audit.services import record


@transaction.atomic
def add_section(
    course: Course,
    *,
    title_zh: str,
    by: User,
    at: dt.datetime,
    key: str = "",
    title_en: str = "",
    module: str = "",
) -> Section:
    """The next section of the draft; `module` is a module of the standard.

    Raises IllegalMove, TooMuch, django ValidationError.
    """
    version = draft_of(locked(course))
    room_for_sections(version)
    section = Section(
        version=version,
        key=key or new_key("section"),
        position=next_position(version.sections),
        title_zh=title_zh,
        title_en=title_en,
        module=module,
    )
    section.full_clean()
    section.save(force_insert=True)
    record(by=by, action="section.added", thing=section, at=at, province=course.province_id)
    return section


def last_section(version: CourseVersion) -> Section:
    """Made where there is none: a lesson always lies in a section."""
    return version.sections.order_by("-position").first() or Section.objects.create(
        version=version, key="contents", position=1, title_zh="课程内容", title_en="Contents"
    )


@transaction.atomic
def save_section(
    section: Section, *, words: dict[str, object], revision: int, by: User, at: dt.datetime
) -> Section:
    """Rename a section or say which module it teaches.

    Raises Conflict, IllegalMove, NotHere, Gone, django ValidationError.
    """
    course, _version, section = draft_with(section)
    if names := change(section, words, revision=revision):
        record(
            by=by,
            action="section.changed",
            thing=section,
            at=at,
            province=course.province_id,
            detail={"fields": names},
        )
    return section


@transaction.atomic
def place_section(section: Section, *, before: Section | None, by: User, at: dt.datetime) -> Section:
    """Put a section before another one, or at the end. Raises IllegalMove, NotHere, Gone."""
    course, version, section = draft_with(section)
    ids = [pk for pk in version.sections.values_list("pk", flat=True) if pk != section.pk]
    ids.insert(ids.index(before.pk) if before and before.pk in ids else len(ids), section.pk)
    put_in_order(Section, ids)
    renumber_lessons(version)
    record(by=by, action="section.moved", thing=section, at=at, province=course.province_id)
    section.refresh_from_db()
    return section


def shift_section(section: Section, places: int, *, by: User, at: dt.datetime) -> Section:
    """One up (-1) or down (1); at the end of the row nothing happens. Raises what place_section raises."""
    row = list(Section.objects.filter(version_id=section.version_id))
    here = next((n for n, other in enumerate(row) if other.pk == section.pk), 0)
    there = here + places
    if not 0 <= there < len(row):
        return section
    after = there + 1 if places > 0 else there
    return place_section(section, before=row[after] if after < len(row) else None, by=by, at=at)


@transaction.atomic
def duplicate_section(section: Section, *, by: User, at: dt.datetime) -> Section:
    """The copy, with its lessons, right after the original. Raises IllegalMove, NotHere, Gone, TooMuch."""
    course, version, section = draft_with(section)
    room_for_sections(version)
    lessons = list(section.lessons.order_by("position"))
    room_for_lessons(version, len(lessons))
    made = copy_sections([section], version, fresh_keys=True)
    copy_lessons(lessons, version, sections=made, fresh_keys=True)
    put_in_order(Section, version.sections.order_by("position", "pk").values_list("pk", flat=True))
    renumber_lessons(version)
    copy = made[section.pk]
    record(
        by=by,
        action="section.duplicated",
        thing=copy,
        at=at,
        province=course.province_id,
        detail={"of": section.pk},
    )
    copy.refresh_from_db()
    return copy


@transaction.atomic
def delete_section(section: Section, *, by: User, at: dt.datetime) -> CourseVersion:
    """With all its lessons. Raises IllegalMove, NotHere, Gone, InUse."""
    course, version, section = draft_with(section)
    lessons = list(section.lessons.values_list("pk", flat=True))
    delete_lessons(lessons, at=at)
    record(
        by=by,
        action="section.deleted",
        thing=section,
        at=at,
        province=course.province_id,
        detail={"title": section.title_zh, "lessons": len(lessons)},
    )
    section.delete()
    put_in_order(Section, version.sections.values_list("pk", flat=True))
    renumber_lessons(version)
    return version


def delete_lessons(ids: list[int], *, at: dt.datetime) -> None:
    """With their films, packages and questions; files stay, an earlier version may show them. Raises InUse."""
    try:
        Question.objects.filter(lesson__in=ids).delete()
        Video.objects.filter(lesson__in=ids).delete()
        let_go(ids, at=at)
        Lesson.objects.filter(pk__in=ids).delete()
    except ProtectedError as held:
        raise InUse from held
