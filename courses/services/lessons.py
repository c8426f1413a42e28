"""The lessons of a draft: adding, writing, moving, doubling and deleting them."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import text
from courses.models import Course, CourseVersion, Lesson, Section, Video
from courses.services.copies import copy_lessons
from courses.services.drafts import (
    NotHere,
    change,
    draft_with,
    new_key,
    next_position,
    of_a_length,
    put_in_order,
    renumber_lessons,
    room_for_lessons,
)
from courses.services.sections import delete_lessons, last_section
from courses.services.steps import draft_of, locked
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


class HasFilm(RuleBroken):
    code = "lesson_has_a_film"
    message = _("This lesson has a film. Take the film away before the lesson becomes something else.")


class BadChapters(RuleBroken):
    code = "bad_chapters"
    message = _("Chapters stand in order of time and inside the film, each with a title in Chinese.")


def _body(words: dict[str, object], kind: str) -> dict[str, object]:
    """The columns of a text. `words` has `written_zh`, `written_en` and `body_format`."""
    written = [str(words["written_zh"]), str(words["written_en"])]
    of_a_length(*written)
    body_format = str(words["body_format"])
    clean = [text.rendered(part, body_format=body_format) for part in written]
    kept = written if body_format == Lesson.BodyFormat.MARKDOWN else ["", ""]
    return {
        "body_format": body_format,
        "body_zh": clean[0],
        "body_en": clean[1],
        "source_zh": kept[0],
        "source_en": kept[1],
        "characters": text.characters_in(clean[0]) if kind == Lesson.Kind.READING else 0,
    }


@transaction.atomic
def add_lesson(
    course: Course,
    *,
    kind: str,
    title_zh: str,
    by: User,
    at: dt.datetime,
    key: str = "",
    title_en: str = "",
    body_zh: str = "",
    body_en: str = "",
    body_format: str = Lesson.BodyFormat.HTML,
    transcript_zh: str = "",
    transcript_en: str = "",
    seconds: int = 0,
    no_skip: bool = True,
    section: Section | None = None,
    teaching: str = Lesson.Teaching.THEORY,
    on_site: bool = False,
    planned_seconds: int = 0,
) -> Lesson:
    """The last lesson of a section of the draft, of its last section where none is named.

    `seconds` of a film are corrected when it is stored (`add_film`). HTML is sanitised.

    Raises NotHere, IllegalMove, TooMuch, django ValidationError.
    """
    version = draft_of(locked(course))
    if section is not None and section.version_id != version.pk:
        raise NotHere
    room_for_lessons(version)
    of_a_length(transcript_zh, transcript_en)
    lesson = Lesson(
        version=version,
        section=section or last_section(version),
        key=key or new_key("lesson"),
        position=next_position(version.lessons),
        kind=kind,
        title_zh=title_zh,
        title_en=title_en,
        transcript_zh=transcript_zh,
        transcript_en=transcript_en,
        seconds=seconds,
        no_skip=no_skip,
        teaching=teaching,
        on_site=on_site,
        planned_seconds=planned_seconds,
        **_body({"written_zh": body_zh, "written_en": body_en, "body_format": body_format}, kind),
    )
    lesson.full_clean()
    lesson.save(force_insert=True)
    if section is not None:
        renumber_lessons(version)
        lesson.refresh_from_db(fields=["position"])
    record(by=by, action="lesson.added", thing=lesson, at=at, province=course.province_id)
    return lesson


def _measures(lesson: Lesson, kind: str) -> dict[str, object]:
    """What a lesson may no longer say of its length once it is of another kind. Raises HasFilm."""
    if kind == lesson.kind:
        return {}
    if kind not in Lesson.FILMS and lesson.videos.exists():
        raise HasFilm
    gone: dict[str, object] = {} if kind in Lesson.FILMS else {"seconds": 0}
    if kind == Lesson.Kind.READING:
        gone["characters"] = text.characters_in(lesson.body_zh)
    else:
        gone["characters"] = 0
    return gone if kind in Lesson.UNMEASURED else gone | {"planned_seconds": 0}


@transaction.atomic
def save_lesson(
    lesson: Lesson, *, words: dict[str, object], revision: int, by: User, at: dt.datetime
) -> Lesson:
    """Change what `words` names: columns of a lesson, `written_zh`, `written_en` and `body_format` for its text, and
    `chapters` of its film.

    Raises Conflict, HasFilm, BadChapters, TooMuch, IllegalMove, NotHere, Gone, django ValidationError.
    """
    course, version, lesson = draft_with(lesson)
    words = dict(words)
    if (section := words.get("section")) is not None and section.version_id != version.pk:
        raise NotHere
    kind = str(words.get("kind", lesson.kind))
    columns = _measures(lesson, kind)
    of_a_length(str(words.get("transcript_zh", "")), str(words.get("transcript_en", "")))
    if "written_zh" in words:
        written = {name: words.pop(name) for name in ("written_zh", "written_en", "body_format")}
        columns |= _body(written, kind)
    chapters = words.pop("chapters", None)
    moved = section is not None and section.pk != lesson.section_id
    names = _save_chapters(lesson, chapters, columns | words, revision=revision)
    if moved:
        renumber_lessons(version)
        lesson.refresh_from_db(fields=["position"])
    if names:
        record(
            by=by,
            action="lesson.changed",
            thing=lesson,
            at=at,
            province=course.province_id,
            detail={"fields": names},
        )
    return lesson


def _save_chapters(
    lesson: Lesson, chapters: list[dict[str, object]] | None, columns: dict[str, object], *, revision: int
) -> list[str]:
    """Chapters lie with the film, but are one save with the lesson: they share its revision."""
    film = lesson.videos.order_by("position").first() if chapters is not None else None
    if film is None or film.chapters == chapters:
        return change(lesson, columns, revision=revision)
    _check_chapters(film, chapters)
    names = change(lesson, columns, revision=revision, beside=True)
    film.chapters = chapters
    film.save(update_fields=["chapters"])
    return [*names, "chapters"]


def _check_chapters(film: Video, chapters: list[dict[str, object]]) -> None:
    moments = [int(row["seconds"]) for row in chapters]
    inside = all(0 <= moment * 1000 < film.milliseconds for moment in moments)
    if moments != sorted(set(moments)) or not inside or not all(str(row["zh"]).strip() for row in chapters):
        raise BadChapters


@transaction.atomic
def place_lesson(
    lesson: Lesson, *, section: Section, before: Lesson | None, by: User, at: dt.datetime
) -> Lesson:
    """Put a lesson into a section, before another lesson of it or at its end. Raises IllegalMove, NotHere, Gone."""
    course, version, lesson = draft_with(lesson)
    if section.version_id != version.pk:
        raise NotHere
    rows = list(
        version.lessons.exclude(pk=lesson.pk)
        .order_by("section__position", "position")
        .values_list("pk", "section_id", "section__position")
    )
    here = next((n for n, (pk, _id, _place) in enumerate(rows) if before and pk == before.pk), None)
    if here is None or rows[here][1] != section.pk:
        here = sum(place <= section.position for _pk, _id, place in rows)
    if lesson.section_id != section.pk:
        lesson.section = section
        lesson.save(update_fields=["section"])
    ids = [pk for pk, _id, _place in rows]
    put_in_order(Lesson, [*ids[:here], lesson.pk, *ids[here:]])
    record(by=by, action="lesson.moved", thing=lesson, at=at, province=course.province_id)
    lesson.refresh_from_db()
    return lesson


def shift_lesson(lesson: Lesson, places: int, *, by: User, at: dt.datetime) -> Lesson:
    """One up (-1) or down (1), over the border into the next section; at either end nothing happens.

    Raises what place_lesson raises.
    """
    sections = list(Section.objects.filter(version_id=lesson.version_id))
    of_section = list(Lesson.objects.filter(section_id=lesson.section_id).order_by("position"))
    here = next((n for n, other in enumerate(of_section) if other.pk == lesson.pk), 0)
    there = here + places
    home = next((n for n, section in enumerate(sections) if section.pk == lesson.section_id), 0)
    told = {"by": by, "at": at}
    if 0 <= there < len(of_section):
        after = there + 1 if places > 0 else there
        before = of_section[after] if after < len(of_section) else None
        return place_lesson(lesson, section=sections[home], before=before, **told)
    if not 0 <= home + places < len(sections):
        return lesson
    target = sections[home + places]
    first = target.lessons.order_by("position").first() if places > 0 else None
    return place_lesson(lesson, section=target, before=first, **told)


@transaction.atomic
def duplicate_lesson(lesson: Lesson, *, by: User, at: dt.datetime) -> Lesson:
    """The copy, with films and questions, right after the original. Raises IllegalMove, NotHere, Gone, TooMuch."""
    course, version, lesson = draft_with(lesson)
    room_for_lessons(version)
    copy = copy_lessons([lesson], version, fresh_keys=True)[lesson.pk]
    renumber_lessons(version)
    record(
        by=by,
        action="lesson.duplicated",
        thing=copy,
        at=at,
        province=course.province_id,
        detail={"of": lesson.pk},
    )
    copy.refresh_from_db()
    return copy


@transaction.atomic
def delete_lesson(lesson: Lesson, *, by: User, at: dt.datetime) -> CourseVersion:
    """With its films and questions. Raises IllegalMove, NotHere, Gone, InUse."""
    course, version, lesson = draft_with(lesson)
    record(
        by=by,
        action="lesson.deleted",
        thing=lesson,
        at=at,
        province=course.province_id,
        detail={"title": lesson.title_zh},
    )
    delete_lessons([lesson.pk], at=at)
    renumber_lessons(version)
    return version
