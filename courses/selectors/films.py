"""Footage as its authors see it: where each film of a lesson stands, and why one failed."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from courses.models import Course, CourseVersion, Film, Lesson, Video
from courses.models.films import LONGEST_SECONDS
from courses.selectors.authoring import course_to_edit, courses_editable_by
from courses.selectors.content import media_url
from courses.workflow import EDITABLE, WORKED_ON, FilmState
from portal.accounts.models import User

TROUBLES = {
    "empty": _("The file is empty."),
    "picture": _("The file is a picture, not a film."),
    "sound": _("The file holds only sound. A film needs a picture."),
    "page": _("The file is a web page, not a film."),
    "playlist": _("The file is a list of films, not a film."),
    "document": _("The file is a document, not a film."),
    "archive": _("The file is an archive. Unpack it and send the film in it."),
    "program": _("The file is a program, not a film."),
    "unknown": _("The file is no film that can be read. Send MP4, MOV, MKV, AVI or WMV."),
    "broken": _(
        "The file begins like a film but cannot be read. Export it again, or copy it from the camera again."
    ),
    "cut": _("The film breaks off before its end. Copy it from the camera again and send it anew."),
    "virus": _(
        "The virus scanner found something in the file. It was deleted. Check the device it comes from."
    ),
    "too_long": _("The film is longer than %(hours)s hours. Cut it into lessons."),
    "too_short": _("The film is shorter than a second."),
    "too_many_pixels": _("The picture is larger than 4096 × 2304. Export it smaller."),
    "lesson_gone": _("The lesson is no longer in the draft, so the film has no place."),
    "scanner": _("The virus scanner does not answer. The film waits and is tried again."),
    "store": _("The storage does not answer. The film waits and is tried again."),
    "no_space": _("There is no room to work on the film. It waits and is tried again."),
    "stalled": _("Making the film came to a stop. It can be tried again."),
    "given_up": _("Making the film did not succeed. It can be tried again."),
}
_OF_PRACTICE = {
    "too_long": _("The film is longer than %(minutes)s minutes. Film it again, shorter."),
    "sound": _("The file holds only sound. The work must be seen."),
    "unknown": _("The file is no film that can be read. Send MP4, MOV or WebM."),
    "broken": _(
        "The file begins like a film but cannot be read. Film it again, or send it from the phone itself."
    ),
    "cut": _("The film breaks off before its end. Send it again from the phone itself."),
}
SHOWN = [state for state in FilmState.values if state not in {FilmState.REMOVED, FilmState.CANCELLED}]


def trouble(film: Film) -> str:
    """Why a film failed or waits, in the reader's language; empty when all is well."""
    if not film.trouble:
        return ""
    told = (
        _OF_PRACTICE if film.purpose == Film.Purpose.PRACTICE and film.trouble in _OF_PRACTICE else TROUBLES
    )
    return str(told.get(film.trouble, TROUBLES["given_up"])) % {
        "hours": LONGEST_SECONDS // 3600,
        "minutes": film.most_seconds // 60,
    }


def lesson_to_film(user: User | AnonymousUser, code: str, key: str) -> tuple[Course, CourseVersion, Lesson]:
    """The lesson of the newest version whose film the user may change. Raises Http404."""
    course = course_to_edit(user, code)
    version = course.versions.order_by("-number").first()
    lesson = version.lessons.filter(key=key).first() if version else None
    if lesson is None or not lesson.is_film:
        raise Http404
    return course, version, lesson


def films_editable_by(user: User | AnonymousUser) -> QuerySet[Film]:
    return (
        Film.objects.for_lessons()
        .filter(course__in=courses_editable_by(user).values("pk"))
        .select_related("course")
    )


def film_to_edit(user: User | AnonymousUser, uid: uuid.UUID) -> Film:
    """Raises Http404 for a film of a course that is not the user's to change."""
    found = films_editable_by(user).filter(pk=uid).first()
    if found is None:
        raise Http404
    return found


def film_to_send(user: User | AnonymousUser, uid: uuid.UUID) -> Film:
    """A film that this user began to send. Raises Http404: nobody goes on with another's upload."""
    found = films_editable_by(user).filter(pk=uid, created_by_id=user.pk).first()
    if found is None:
        raise Http404
    return found


def in_the_making(version: CourseVersion) -> dict[str, int]:
    """How many films are being checked or made, by lesson key."""
    rows = Film.objects.for_lessons().filter(course_id=version.course_id, state__in=WORKED_ON).order_by()
    return dict(rows.values_list("lesson_key").annotate(n=Count("pk")))


def being_sent(version: CourseVersion) -> list[str]:
    """Keys of the lessons whose film has not arrived yet."""
    rows = Film.objects.for_lessons().filter(course_id=version.course_id, state=FilmState.RECEIVING)
    rows = rows.order_by("lesson_key")
    return list(rows.values_list("lesson_key", flat=True).distinct())


@dataclass(frozen=True)
class Angle:
    """One film of the lesson in the version: counted where `position` is 1."""

    video: Video
    poster: str
    watch: str
    film: Film | None
    captions: list[tuple[str, bool]]


@dataclass(frozen=True)
class Waiting:
    """A film that is not in the lesson yet."""

    film: Film
    trouble: str
    own: bool


def films_page(
    course: Course, version: CourseVersion, lesson: Lesson, *, user: User, at: dt.datetime
) -> dict[str, object]:
    """Context of a lesson's films: those in place, and those on their way."""
    videos = lesson.videos.select_related("film").order_by("position")
    waiting = Film.objects.for_lessons().filter(course=course, lesson_key=lesson.key, state__in=SHOWN)
    rows = [
        Waiting(film, trouble(film), own=film.created_by_id == user.pk)
        for film in waiting.exclude(state=FilmState.READY).order_by("created_at")
    ]
    return {
        "course": course,
        "version": version,
        "lesson": lesson,
        "may_edit": version.state in EDITABLE,
        "angles": [
            Angle(
                video,
                poster=media_url(video.poster_key, user=user, at=at),
                watch=media_url(video.mp4_key, user=user, at=at),
                film=video.film,
                captions=[("zh", bool(video.captions_zh_key)), ("en", bool(video.captions_en_key))],
            )
            for video in videos
        ],
        "waiting": rows,
        "running": any(row.film.state in {*WORKED_ON, FilmState.RECEIVING} for row in rows),
        "unfinished": [
            {
                "url": str(row.film.pk),
                "fingerprint": row.film.fingerprint,
                "name": row.film.name,
            }
            for row in rows
            if row.own and row.film.state == FilmState.RECEIVING
        ],
    }
