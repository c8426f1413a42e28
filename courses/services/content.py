"""The films of a draft's lessons."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses import media
from courses.models import CourseVersion, Lesson, Video
from courses.services.drafts import NotHere
from courses.services.steps import draft_of, locked
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


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


def _store(key: str, content: File) -> str:
    """A file that no film uses is the one of an earlier, rolled back try; copies of a lesson use its films' files."""
    used = Q(mp4_key=key) | Q(poster_key=key) | Q(captions_zh_key=key) | Q(captions_en_key=key)
    if not Video.objects.filter(used).exists() and default_storage.exists(key):
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
