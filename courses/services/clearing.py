"""What is owed after a film's end: files that nobody shows any more, uploads nobody goes on with, versions that waited."""

import datetime as dt
import posixpath

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Course, Film
from courses.selectors.films import in_the_making, trouble
from courses.services import steps
from courses.services.films import cancel_film
from courses.workflow import WORKED_ON, FilmState, VersionState

_OVER = [FilmState.CANCELLED, FilmState.FAILED, FilmState.REMOVED]


def delete_folder(folder: str) -> None:
    """Everything stored below `folder`, on a disk or in S3. Raises what the storage raises."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        if name:
            default_storage.delete(posixpath.join(folder, name))
    for name in folders:
        delete_folder(posixpath.join(folder, name))
    default_storage.delete(folder)


@transaction.atomic
def clear_next(*, at: dt.datetime) -> bool:
    """Delete the files of one film that is over, unless a version still shows it. Whether there was one."""
    due = Film.objects.filter(state__in=_OVER, due_at__lte=at).order_by("due_at")
    film = due.select_for_update(skip_locked=True).first()
    if film is None:
        return False
    if not film.videos.exists():
        try:
            delete_folder(film.folder)
        except Exception:  # noqa: BLE001 - the store does not answer: later
            film.due_at = at + dt.timedelta(minutes=5)
            film.save(update_fields=["due_at"])
            return True
        film.parts.all().delete()
        film.original_key, film.rungs = "", {}
    film.due_at = None
    film.save(update_fields=["due_at", "original_key", "rungs"])
    return True


def give_up_next(*, at: dt.datetime) -> bool:
    """Cancel one upload that nobody goes on with. Whether there was one."""
    with transaction.atomic():
        waiting = Film.objects.filter(state=FilmState.RECEIVING, due_at__lte=at)
        film = waiting.select_for_update(skip_locked=True).first()
        if film is None:
            return False
        cancel_film(film, by=None, at=at)
        return True


@transaction.atomic
def settle_next(*, at: dt.datetime) -> bool:
    """Lay one submitted version before the province now that its films are made, or return it with the reason why not.

    Whether there was one.
    """
    made = Film.objects.for_lessons().filter(state__in=WORKED_ON)
    waiting = Course.objects.filter(versions__state=VersionState.SUBMITTED).exclude(
        pk__in=made.values("course")
    )
    course = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if course is None:
        return False
    version = steps.open_version(course)
    if version.state != VersionState.SUBMITTED or in_the_making(version):
        return False
    failed = Film.objects.for_lessons().filter(
        course=course, state=FilmState.FAILED, failed_at__gte=version.submitted_at
    )
    reasons = [
        _("The film of lesson %(lesson)s failed: %(why)s") % {"lesson": film.lesson_key, "why": trouble(film)}
        for film in failed
    ]
    steps.review_or_return(course, at=at, failed=reasons)
    return True
