"""Sending a film: it is begun, and arrives in parts, in one go or after many cut connections."""

import datetime as dt
import tempfile
import uuid
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Film, FilmPart
from courses.services.films import forget, held, move
from courses.services.steps import draft_of, locked
from courses.workflow import FilmState
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

PART_BYTES = 8 * 1024 * 1024
"""What arrives is stored in objects of at most this size: so much of a cut piece can be lost, and so little is in memory."""
_IN_MEMORY, _PIECE = 1024 * 1024, 64 * 1024
WAITS = dt.timedelta(days=7)
"""A film that nobody goes on sending is given up after this."""
MOST_SENT_AT_ONCE = 20


class FileEmpty(RuleBroken):
    code = "film_empty"
    message = _("The file is empty.")


class TooLarge(RuleBroken):
    code = "film_too_large"
    message = _("The film is too large. Export it smaller, or cut it into lessons.")


class NoFilmLesson(RuleBroken):
    code = "lesson_takes_no_film"
    message = _("This lesson is not in the draft, or it takes no film.")


class TooManySent(RuleBroken):
    code = "too_many_films"
    message = _("Twenty films are being sent already. Finish or cancel one of them first.")


class WrongOffset(RuleBroken):
    """`details["received"]` says how much is here."""

    code = "wrong_offset"
    message = _("The film is being sent from somewhere else, too. Go on from where it stands.")


class StoreRefused(RuleBroken):
    code = "store_refused"
    message = _("The storage does not take the film just now. What has arrived is kept; go on in a moment.")


@dataclass(frozen=True)
class Provenance:
    """Where enterprise footage comes from; all four or none."""

    machine: str = ""
    workshop: str = ""
    filmed_on: dt.date | None = None
    consent: str = ""


@transaction.atomic
def begin_film(
    course: Course,
    *,
    lesson_key: str,
    name: str,
    size: int,
    by: User,
    at: dt.datetime,
    provenance: Provenance | None = None,
    angle_zh: str = "",
    angle_en: str = "",
    position: int = 0,
    fingerprint: str = "",
) -> Film:
    """A film of `size` bytes is going to be sent for a lesson of the draft.

    Raises FileEmpty, TooLarge, NoFilmLesson, TooManySent, IllegalMove, django ValidationError.
    """
    course = locked(course)
    lesson = draft_of(course).lessons.filter(key=lesson_key).first()
    if lesson is None or not lesson.is_film:
        raise NoFilmLesson
    if size > settings.FILM_MOST_BYTES:
        raise TooLarge
    said = provenance or Provenance()
    return begin(
        course,
        lesson_key=lesson_key,
        position=position,
        angle_zh=angle_zh,
        angle_en=angle_en,
        name=name,
        fingerprint=fingerprint,
        size=size,
        machine=said.machine,
        workshop=said.workshop,
        filmed_on=said.filmed_on,
        consent=said.consent,
        by=by,
        at=at,
    )


def begin(
    course: Course, *, name: str, fingerprint: str, size: int, by: User, at: dt.datetime, **more: object
) -> Film:
    """The row of a film whose bytes are to come; `more` are its other columns.

    Raises FileEmpty, TooManySent, django ValidationError.
    """
    if size <= 0:
        raise FileEmpty
    if Film.objects.filter(created_by=by, state=FilmState.RECEIVING).count() >= MOST_SENT_AT_ONCE:
        raise TooManySent
    film = Film(
        course=course,
        province_id=course.province_id,
        organisation_id=course.organisation_id,
        name=name[-200:],
        fingerprint=fingerprint[:300],
        size=size,
        created_at=at,
        created_by=by,
        due_at=at + WAITS,
        **more,
    )
    film.full_clean()
    film.save(force_insert=True)
    record(
        by=by,
        action="film.begun",
        thing=film,
        at=at,
        detail={"course": course.code, "lesson": film.lesson_key},
    )
    return film


def receive(film: Film, *, start: int, source: BinaryIO, length: int, by: User, at: dt.datetime) -> Film:
    """Store `length` bytes of `source`, which are the film's from `start` on, as far as they arrive.

    Each stored part counts at once, so a cut connection loses at most the part under way, and usually nothing. Memory
    stays bounded. Raises WrongOffset, TooLarge, StoreRefused, IllegalMove.
    """
    if film.state != FilmState.RECEIVING:
        raise moves.IllegalMove
    if start != film.received:
        raise WrongOffset(received=film.received)
    if start + length > film.size:
        raise TooLarge
    left = length
    while left > 0:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as portion:
            got = _spooled(source, portion, most=min(left, PART_BYTES))
            if not got:
                break
            portion.seek(0)
            film = _kept(film, start=start, portion=portion, size=got, by=by, at=at)
        start, left = start + got, left - got
        if got < min(left + got, PART_BYTES):
            break
    return film


def receive_next(film: Film, start: int, length: int, *, source: BinaryIO, by: User, at: dt.datetime) -> Film:
    """`receive` for a request that may also hold nothing. Raises what `receive` raises."""
    if start != film.received:
        raise WrongOffset(received=film.received)
    if not length:
        return film
    return receive(film, start=start, source=source, length=length, by=by, at=at)


def _spooled(source: BinaryIO, portion: BinaryIO, *, most: int) -> int:
    """How many bytes came before the end, or before the line was cut."""
    got = 0
    while got < most:
        try:
            piece = source.read(min(_PIECE, most - got))
        except OSError:
            break
        if not piece:
            break
        portion.write(piece)
        got += len(piece)
    return got


def _kept(film: Film, *, start: int, portion: BinaryIO, size: int, by: User, at: dt.datetime) -> Film:
    wanted = f"{film.folder}/parts/{start:015d}-{uuid.uuid4().hex[:12]}"
    try:
        key = default_storage.save(wanted, File(portion, name=wanted))
    except Exception as refused:  # the store's client has errors of its own
        raise StoreRefused from refused
    try:
        return _noted(film, start=start, size=size, key=key, by=by, at=at)
    except RuleBroken:
        forget([key])
        raise


@transaction.atomic
def _noted(film: Film, *, start: int, size: int, key: str, by: User, at: dt.datetime) -> Film:
    film = held(film)
    if film.state != FilmState.RECEIVING:
        raise moves.IllegalMove
    if film.received != start:
        raise WrongOffset(received=film.received)
    FilmPart.objects.create(film=film, start=start, bytes=size, key=key)
    film.received += size
    film.due_at = at + WAITS
    if film.received == film.size:
        move(film, "receive")
        film.received_at = film.due_at = at
    film.save(update_fields=["received", "due_at", "state", "received_at"])
    if film.state == FilmState.RECEIVED:
        record(by=by, action="film.received", thing=film, at=at, detail={"bytes": film.size})
    return film
