"""What becomes of footage that is here: authors cancel, retry and remove it; a worker takes it up and reports, step by step."""

import datetime as dt
from collections.abc import Callable

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Film, Lesson, Video
from courses.services.steps import draft_of, locked
from courses.workflow import EDITABLE, FILM_MOVES, WORKED_ON, FilmState, VersionState
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

LEASE = dt.timedelta(seconds=90)
"""A worker that has not reported for so long has lost the film to the next one."""
MOST_ATTEMPTS = 4
_LATER_SECONDS, _LATEST_SECONDS = 15, 900


class CannotRetry(RuleBroken):
    code = "film_cannot_be_retried"
    message = _("This film cannot be tried again. Send another file.")


class NotInDraft(RuleBroken):
    code = "film_not_in_draft"
    message = _("This film is not in the draft.")


def move(film: Film, step: str) -> None:
    film.state = moves.check(FILM_MOVES, step, film.state)


def held(film: Film) -> Film:
    """The film as it is now, locked."""
    return Film.objects.select_for_update(of=("self",)).select_related("course").get(pk=film.pk)


def forget(keys: list[str]) -> None:
    """Delete stored files; one that will not go is left to the clearing of its film's folder."""
    for key in keys:
        try:
            default_storage.delete(key)
        except Exception:  # noqa: BLE001, S112 - see above
            continue


# -- what an author decides ----------------------------------------------------------------------------------------


@transaction.atomic
def cancel_film(film: Film, *, by: User | None, at: dt.datetime) -> Film:
    """Stop sending, checking or making; a worker at it notices within seconds. Raises IllegalMove."""
    film = held(film)
    move(film, "cancel")
    film.due_at = at
    film.save(update_fields=["state", "due_at"])
    record(by=by, action="film.cancelled", thing=film, at=at)
    return film


@transaction.atomic
def retry_film(film: Film, *, by: User, at: dt.datetime) -> Film:
    """Try a failed film again from what is stored of it. Raises IllegalMove, CannotRetry."""
    film = held(film)
    if film.state == FilmState.FAILED and not film.may_retry:
        raise CannotRetry
    move(film, "retry")
    film.due_at, film.attempts, film.trouble, film.trouble_detail, film.may_retry = at, 0, "", "", False
    film.failed_at = None
    film.save()
    record(by=by, action="film.retried", thing=film, at=at)
    return film


@transaction.atomic
def remove_film(film: Film, *, by: User, at: dt.datetime) -> Film:
    """Take a failed film off the list. Raises IllegalMove."""
    film = held(film)
    if film.state == FilmState.READY:
        raise moves.IllegalMove
    move(film, "remove")
    film.due_at = at
    film.save(update_fields=["state", "due_at"])
    record(by=by, action="film.removed", thing=film, at=at)
    return film


@transaction.atomic
def remove_video(video: Video, *, by: User, at: dt.datetime) -> None:
    """Take a film out of the draft's lesson; those behind it move up. Its files go once no version shows it.

    Raises IllegalMove, NotInDraft.
    """
    lesson = Lesson.objects.select_related("version__course").get(pk=video.lesson_id)
    if draft_of(locked(lesson.version.course)).pk != lesson.version_id:
        raise NotInDraft
    film = held(video.film) if video.film else None
    record(by=by, action="film.taken_out", thing=video, at=at, province=lesson.version.course.province_id)
    video.delete()
    for place, row in enumerate(lesson.videos.order_by("position"), 1):
        if row.position != place:
            row.position = place
            row.save(update_fields=["position"])
    _measure(lesson)
    if film and not film.videos.exists():
        move(film, "remove")
        film.due_at = at
        film.save(update_fields=["state", "due_at"])


def _measure(lesson: Lesson) -> None:
    counted = lesson.videos.filter(position=1).first()
    lesson.seconds = counted.milliseconds // 1000 if counted else 0
    lesson.save(update_fields=["seconds"])


# -- what a worker does --------------------------------------------------------------------------------------------


class Lost(Exception):  # noqa: N818 - nobody did wrong
    """The film was cancelled, or another worker has taken it up."""


@transaction.atomic
def take_up(*, at: dt.datetime) -> Film | None:
    """The next film to which a step is owed, for this worker alone until the lease runs out; None when there is none.

    A film whose worker died so often that it must be the film's own doing ends failed here.
    """
    due = Film.objects.filter(state__in=WORKED_ON, due_at__lte=at).order_by("due_at")
    while film := due.select_for_update(skip_locked=True).first():
        if film.attempts < MOST_ATTEMPTS:
            break
        _failed(film, "given_up", detail="", at=at, may_retry=True)
    else:
        return None
    film.turn += 1
    film.attempts += 1
    film.due_at = at + LEASE
    film.save(update_fields=["turn", "attempts", "due_at"])
    return film


def _mine(film: Film) -> Film:
    """The locked row, if this worker still has it. Raises Lost."""
    row = held(film)
    if row.turn != film.turn or row.state not in WORKED_ON:
        raise Lost
    return row


def report(film: Film, *, percent: int, at: dt.datetime) -> None:
    """How far a worker is; renews its lease. Raises Lost."""
    mine = Film.objects.filter(pk=film.pk, turn=film.turn, state__in=WORKED_ON)
    if not mine.update(percent=min(percent, 99), due_at=at + LEASE):
        raise Lost


@transaction.atomic
def advance(film: Film, *, at: dt.datetime, change: Callable[[Film], None], step: str = "") -> Film:
    """Write what a worker's step has brought about and owe the next one at once. Raises Lost."""
    row = _mine(film)
    change(row)
    if step:
        move(row, step)
    row.due_at, row.attempts, row.trouble, row.trouble_detail = at, 0, "", ""
    row.save()
    return row


@transaction.atomic
def finish(film: Film, *, plain_bytes: int, at: dt.datetime, change: Callable[[Film], None]) -> Film:
    """The film is ready, and takes its place where it is a lesson's; `plain_bytes` is the size of its MP4. Raises Lost."""
    course = Course.objects.select_for_update().get(pk=film.course_id)
    row = _mine(film)
    change(row)
    of_a_lesson = row.purpose == Film.Purpose.LESSON
    lesson = _lesson_of(row, course) if of_a_lesson else None
    if of_a_lesson and lesson is None:
        return _failed(row, "lesson_gone", detail="", at=at, may_retry=False)
    move(row, "finish")
    row.ready_at, row.due_at, row.percent, row.trouble, row.trouble_detail = at, None, 100, "", ""
    row.save()
    if lesson is not None:
        _place(row, lesson, plain_bytes)
    record(by=None, action="film.ready", thing=row, at=at, detail={"lesson": row.lesson_key})
    return row


def _lesson_of(film: Film, course: Course) -> Lesson | None:
    """The lesson in the version that still waits for it."""
    lessons = Lesson.objects.filter(
        version__course=course,
        version__state__in=[*EDITABLE, VersionState.SUBMITTED],
        key=film.lesson_key,
        kind__in=Lesson.FILMS,
    )
    return lessons.first()


def _place(film: Film, lesson: Lesson, plain_bytes: int) -> Video:
    """Put the film where another is replaced, captions and chapters staying, or behind those that were begun before it."""
    video = lesson.videos.filter(position=film.position).first() if film.position else None
    former = video.film if video else None
    if video is None:
        video = Video(lesson=lesson, position=_free_place(film, lesson))
    video.film = film
    video.angle_zh, video.angle_en = film.angle_zh or video.angle_zh, film.angle_en or video.angle_en
    video.mp4_key, video.hls_key, video.audio_key = film.mp4_key, film.hls_key, film.audio_key
    video.poster_key, video.milliseconds = film.poster_key, film.milliseconds
    video.width, video.height, video.bytes = film.width, film.height, plain_bytes
    video.save()
    _measure(lesson)
    if former and not former.videos.exists():
        former = held(former)
        move(former, "remove")
        former.due_at = film.ready_at
        former.save(update_fields=["state", "due_at"])
    return video


def _free_place(film: Film, lesson: Lesson) -> int:
    """Films stand in the order in which they were begun, whichever is made first; later ones move up."""
    later = lesson.videos.filter(film__created_at__gt=film.created_at)
    place = lesson.videos.count() - later.count() + 1
    for row in lesson.videos.filter(position__gte=place).order_by("-position"):
        row.position += 1
        row.save(update_fields=["position"])
    return place


@transaction.atomic
def fail_film(
    film: Film, trouble: str, *, at: dt.datetime, detail: str = "", may_retry: bool = False
) -> Film:
    """End a film with its reason; without `may_retry` what is stored of it goes. Raises Lost."""
    row = _mine(film)
    return _failed(row, trouble, detail=detail, at=at, may_retry=may_retry)


def _failed(film: Film, trouble: str, *, detail: str, at: dt.datetime, may_retry: bool) -> Film:
    move(film, "fail")
    film.trouble, film.trouble_detail, film.may_retry = trouble, detail[:300], may_retry
    film.failed_at, film.due_at = at, None if may_retry else at
    film.save()
    record(by=None, action="film.failed", thing=film, at=at, detail={"trouble": trouble})
    return film


@transaction.atomic
def put_off(film: Film, trouble: str, *, at: dt.datetime, detail: str = "") -> Film:
    """Try later what did not succeed now, each time later; after MOST_ATTEMPTS the film fails, and may be retried.

    A scanner that keeps silent is waited for without end. Raises Lost.
    """
    row = _mine(film)
    if row.attempts >= MOST_ATTEMPTS and trouble != "scanner":
        return _failed(
            row, trouble if trouble == "stalled" else "given_up", detail=detail, at=at, may_retry=True
        )
    row.trouble, row.trouble_detail = trouble, detail[:300]
    later = _LATER_SECONDS * 2 ** min(row.attempts, 8)
    row.due_at = at + dt.timedelta(seconds=min(later, _LATEST_SECONDS))
    row.attempts = 0 if trouble == "scanner" else row.attempts
    row.save(update_fields=["trouble", "trouble_detail", "due_at", "attempts"])
    return row
