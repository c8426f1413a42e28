"""The practical task of a draft's lesson, and the films that learners send of their own work."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Film, Lesson, PracticalTask
from courses.models.practice import TOP_LEVEL
from courses.services import films, sending
from courses.services.drafts import change, draft_with
from courses.workflow import FILM_MOVES, FilmState
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


class NoPracticalLesson(RuleBroken):
    code = "lesson_takes_no_task"
    message = _("Only a lesson of the kind “practical task” has a task.")


class BadTask(RuleBroken):
    code = "bad_task"
    message = _(
        "A task has steps, and criteria of a weight from 1 to 100 with four levels, each of a step that is there."
    )


class FilmTooLarge(RuleBroken):
    code = "film_too_large"


@transaction.atomic
def set_task(
    lesson: Lesson, *, words: dict[str, object], revision: int | None = None, by: User, at: dt.datetime
) -> PracticalTask:
    """What is done at the bench. `revision` is 0 where there was no task; None asks for no guard.

    Raises Conflict, NoPracticalLesson, BadTask, IllegalMove, NotHere, Gone, django ValidationError.
    """
    course, _version, lesson = draft_with(lesson)
    if lesson.kind != Lesson.Kind.PRACTICAL:
        raise NoPracticalLesson
    row = PracticalTask.objects.filter(lesson=lesson).first() or PracticalTask(lesson=lesson, revision=0)
    _check(words.get("steps", row.steps), words.get("criteria", row.criteria))
    if names := change(row, words, revision=row.revision if revision is None else revision):
        record(
            by=by,
            action="practice.set",
            thing=row,
            at=at,
            province=course.province_id,
            detail={"lesson": lesson.key, "fields": names},
        )
    return row


def _check(steps: list[dict], criteria: list[dict]) -> None:
    sound = steps and criteria and all(step["zh"] for step in steps)
    for row in criteria:
        sound = sound and 0 <= row["step"] <= len(steps) and 1 <= row["weight"] <= 100  # noqa: PLR2004 - a share
        sound = sound and len(row["levels"]) == TOP_LEVEL + 1 and row["zh"]
        sound = sound and all(level["zh"] for level in row["levels"])
    if not sound:
        raise BadTask


# -- what learners film --------------------------------------------------------------------------------------------


@transaction.atomic
def begin_practice_film(
    lesson_id: int, *, name: str, size: int, fingerprint: str, by: User, at: dt.datetime
) -> Film:
    """A film of `size` bytes of somebody's own work is going to be sent for a published task.

    Raises FileEmpty, FilmTooLarge, TooManySent, NoPracticalLesson, django ValidationError.
    """
    task = PracticalTask.objects.select_related("lesson__version").filter(lesson_id=lesson_id).first()
    if task is None or task.lesson.version.frozen_at is None:
        raise NoPracticalLesson
    most = min(task.film_most_megabytes * 1_000_000, settings.FILM_MOST_BYTES)
    if size > most:
        raise FilmTooLarge(
            _(
                "The film has %(size)s MB, and this task takes at most %(most)s MB. Film it in a lower quality."
            )
            % {"size": -(-size // 1_000_000), "most": most // 1_000_000}
        )
    course = Course.objects.get(pk=task.lesson.version.course_id)
    return sending.begin(
        course,
        purpose=Film.Purpose.PRACTICE,
        lesson_key=task.lesson.key,
        name=name,
        size=size,
        fingerprint=fingerprint,
        most_seconds=task.film_most_minutes * 60,
        by=by,
        at=at,
    )


def remove_practice_film(uid: uuid.UUID, *, by: User | None, at: dt.datetime) -> None:
    """Delete a learner's film with all its files, wherever it stands. A second time changes nothing."""
    with transaction.atomic():
        film = films.held(Film(pk=uid))
        if film.purpose != Film.Purpose.PRACTICE or film.state in {FilmState.REMOVED, FilmState.CANCELLED}:
            return
        step = "remove" if film.state in FILM_MOVES["remove"].sources else "cancel"
        films.move(film, step)
        film.due_at = at
        film.save(update_fields=["state", "due_at"])
        record(by=by, action="film.removed", thing=film, at=at)
