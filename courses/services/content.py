"""Filling a draft: lessons, films, questions, the closing exam."""

import datetime as dt
import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import nh3
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from courses import media
from courses.models import Course, CourseVersion, ExamBlueprint, Lesson, Question, Section, Video
from courses.services.steps import draft_of, locked
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

_TWO = 2


class NotHere(RuleBroken):
    code = "lesson_of_another_version"
    message = _("This lesson does not belong to the draft.")


class BadQuestion(RuleBroken):
    code = "bad_question"
    message = _("A question needs at least two different options, and the right answer must be among them.")


class BadCaptions(RuleBroken):
    code = "bad_captions"
    message = _("Captions must be a WebVTT file: its first line is WEBVTT.")


@dataclass(frozen=True)
class FilmFiles:
    """A film with what belongs to it. `chapters` are `{"seconds", "zh", "en"}`; captions are WebVTT text."""

    film: Path
    poster: Path
    captions_zh: str
    captions_en: str = ""
    chapters: list[dict[str, object]] = field(default_factory=list)


def characters_in(html: str) -> int:
    """Characters a reader reads: without tags and white space."""
    return len(re.sub(r"\s+", "", unescape(re.sub(r"<[^>]*>", "", html))))


def _next(rows: object) -> int:
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


@transaction.atomic
def add_section(
    course: Course,
    *,
    key: str,
    title_zh: str,
    by: User,
    at: dt.datetime,
    title_en: str = "",
    module: str = "",
) -> Section:
    """The next section of the draft; `module` is a module of the standard. Raises IllegalMove, django ValidationError."""
    version = draft_of(locked(course))
    section = Section(
        version=version,
        key=key,
        position=_next(version.sections),
        title_zh=title_zh,
        title_en=title_en,
        module=module,
    )
    section.full_clean()
    section.save(force_insert=True)
    record(by=by, action="section.added", thing=section, at=at, province=course.province_id)
    return section


def _last_section(version: CourseVersion) -> Section:
    return version.sections.order_by("-position").first() or Section.objects.create(
        version=version, key="contents", position=1, title_zh="课程内容", title_en="Contents"
    )


@transaction.atomic
def add_lesson(
    course: Course,
    *,
    key: str,
    kind: str,
    title_zh: str,
    by: User,
    at: dt.datetime,
    title_en: str = "",
    body_zh: str = "",
    body_en: str = "",
    transcript_zh: str = "",
    transcript_en: str = "",
    seconds: int = 0,
    no_skip: bool = True,
    section: Section | None = None,
    teaching: str = Lesson.Teaching.THEORY,
    on_site: bool = False,
    planned_seconds: int = 0,
) -> Lesson:
    """The next lesson of the draft, in its last section where none is named.

    `seconds` of a film are corrected when it is stored (`add_film`).

    HTML is sanitised. Raises NotHere, IllegalMove, django ValidationError.
    """
    version = draft_of(locked(course))
    clean_zh, clean_en = nh3.clean(body_zh), nh3.clean(body_en)
    if section is not None and section.version_id != version.pk:
        raise NotHere
    lesson = Lesson(
        version=version,
        section=section or _last_section(version),
        key=key,
        position=_next(version.lessons),
        kind=kind,
        title_zh=title_zh,
        title_en=title_en,
        body_zh=clean_zh,
        body_en=clean_en,
        characters=characters_in(clean_zh) if kind == Lesson.Kind.READING else 0,
        transcript_zh=transcript_zh,
        transcript_en=transcript_en,
        seconds=seconds,
        no_skip=no_skip,
        teaching=teaching,
        on_site=on_site,
        planned_seconds=planned_seconds,
    )
    lesson.full_clean()
    lesson.save(force_insert=True)
    record(by=by, action="lesson.added", thing=lesson, at=at, province=course.province_id)
    return lesson


def _store(key: str, content: File) -> str:
    """Keys are unique per version, so a file that is already there is the one of an earlier, rolled back try."""
    if default_storage.exists(key):
        default_storage.delete(key)
    return default_storage.save(key, content)


@transaction.atomic
def add_film(lesson: Lesson, *, files: FilmFiles, by: User, at: dt.datetime) -> Video:
    """Store the film of a draft's lesson. Raises media.NotAFilm, BadCaptions, NotHere, IllegalMove."""
    version = CourseVersion.objects.select_related("course").get(pk=lesson.version_id)
    if draft_of(locked(version.course)).pk != version.pk:
        raise NotHere
    for text in (files.captions_zh, files.captions_en or "WEBVTT"):
        if not text.lstrip("\ufeff").startswith("WEBVTT"):
            raise BadCaptions
    film = media.probe(files.film)
    stem = f"courses/{version.course.code}/v{version.number}/{lesson.key}"
    with files.film.open("rb") as picture:
        mp4_key = _store(f"{stem}.mp4", File(picture))
    with files.poster.open("rb") as picture:
        poster_key = _store(f"{stem}{files.poster.suffix}", File(picture))
    zh_key = _store(f"{stem}.zh.vtt", ContentFile(files.captions_zh.encode()))
    en_key = _store(f"{stem}.en.vtt", ContentFile(files.captions_en.encode())) if files.captions_en else ""
    lesson.seconds = film.milliseconds // 1000
    lesson.save(update_fields=["seconds"])
    video = Video.objects.create(
        lesson=lesson,
        mp4_key=mp4_key,
        poster_key=poster_key,
        captions_zh_key=zh_key,
        captions_en_key=en_key,
        milliseconds=film.milliseconds,
        width=film.width,
        height=film.height,
        bytes=files.film.stat().st_size,
        chapters=files.chapters,
    )
    record(by=by, action="film.added", thing=video, at=at, province=version.course.province_id)
    return video


@transaction.atomic
def add_question(
    course: Course,
    *,
    kind: str,
    stem_zh: str,
    options: list[dict[str, str]],
    right: set[str],
    by: User,
    at: dt.datetime,
    lesson: Lesson | None = None,
    for_exam: bool = False,
    stem_en: str = "",
    why_zh: str = "",
    why_en: str = "",
) -> Question:
    """A question of the draft, for a lesson, for the exam, or both. Raises BadQuestion, NotHere, IllegalMove."""
    version = draft_of(locked(course))
    if lesson is not None and lesson.version_id != version.pk:
        raise NotHere
    keys = [row.get("key", "") for row in options]
    texts = [row.get("zh", "").strip() for row in options]
    if (
        len(keys) < _TWO
        or len(set(keys)) < len(keys)
        or not all(keys)
        or not all(texts)
        or not right <= set(keys)
    ):
        raise BadQuestion
    question = Question(
        version=version,
        lesson=lesson,
        position=_next(version.questions),
        for_exam=for_exam,
        kind=kind,
        stem_zh=stem_zh,
        stem_en=stem_en,
        options=[{"key": row["key"], "zh": row["zh"], "en": row.get("en", "")} for row in options],
        right_keys=sorted(right),
        why_zh=why_zh,
        why_en=why_en,
    )
    question.full_clean()
    question.save(force_insert=True)
    record(by=by, action="question.added", thing=question, at=at, province=course.province_id)
    return question


@transaction.atomic
def set_blueprint(
    course: Course,
    *,
    questions: int,
    pass_mark_percent: int,
    minutes: int,
    attempts: int,
    by: User,
    at: dt.datetime,
) -> ExamBlueprint:
    """How the closing exam of the draft is made. Raises IllegalMove, django ValidationError."""
    version = draft_of(locked(course))
    row = ExamBlueprint.objects.filter(version=version).first() or ExamBlueprint(version=version)
    row.questions, row.pass_mark_percent, row.minutes, row.attempts = (
        questions,
        pass_mark_percent,
        minutes,
        attempts,
    )
    row.full_clean()
    row.save()
    record(by=by, action="blueprint.set", thing=row, at=at, province=course.province_id)
    return row
