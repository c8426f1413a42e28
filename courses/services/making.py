"""A worker's steps on a film: put it together, look what it is, scan it, make one rung after another, finish.

Each step ends with a written row, so a worker that dies costs one step, and nobody needs to be told: the lease runs out.
`now` is asked for the moment again and again, because a step may take an hour.
"""

import datetime as dt
import hashlib
import logging
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from courses import filetypes, ladder, media, scanning
from courses.models import Film
from courses.services import films
from courses.services.films import Lost
from courses.workflow import FilmState

log = logging.getLogger(__name__)
Now = Callable[[], dt.datetime]
_PIECE = 1024 * 1024
_REPORT_BYTES = 16 * 1024 * 1024
_ROOM_TO_SPARE = 200_000_000
_MOST_PIXELS = 4096 * 2304
_SPARE_SECONDS = 2
"""Beyond the most minutes of a film: a phone stops when its owner's thumb does."""
_CHECKED, _LADDER_DONE = 10, 96
"""Percent after the check and after the last rung."""
_CUT_SHARE, _CUT_LEAST_MS = 20, 2000
"""A film that is shorter than it says by more than a twentieth, and two seconds, is cut."""


class Unfit(Exception):  # noqa: N818 - told as a sentence of the film
    """What was sent cannot become a film; the trouble's code is the argument."""


class NoSpace(Exception):  # noqa: N818 - the film waits
    """The disk of this worker has no room."""


WAITS_FOR = {
    scanning.ScannerSilent: "scanner",
    ladder.Broken: "given_up",
    ladder.Stalled: "stalled",
    NoSpace: "no_space",
}
"""Troubles that may pass."""


def work(film: Film, *, now: Now) -> None:
    """One step of a film that `take_up` gave. Whatever goes wrong ends in its row; only a lost film leaves no word."""
    try:
        _worked(film, now)
    except Lost:
        log.info("film %s was taken away", film.pk)


def _worked(film: Film, now: Now) -> None:
    try:
        with _room(film) as room:
            _step(film, room, now)
    except Lost:
        raise
    except Unfit as unfit:
        # what cannot be made once it was found fit is kept: the fault may be this worker's
        films.fail_film(film, str(unfit), at=now(), may_retry=film.state == FilmState.MAKING)
    except tuple(WAITS_FOR) as problem:
        films.put_off(film, WAITS_FOR[type(problem)], at=now(), detail=str(problem))
    except (
        Exception
    ) as problem:  # a store's client has errors of its own, and one film must not stop the others
        log.exception("a step of film %s failed", film.pk)
        films.put_off(film, "store", at=now(), detail=type(problem).__name__)


def _step(film: Film, room: Path, now: Now) -> None:
    if film.state == FilmState.RECEIVED:
        _check(film, room, now)
        return
    left = [name for name in _plan(film) if name not in film.rungs]
    if left:
        _make(film, left[0], room, now)
    else:
        _finish(film, room, now)


def _plan(film: Film) -> list[str]:
    """A learner's own work is watched by a few people: one rung, fine enough to see a weld."""
    if film.purpose == Film.Purpose.PRACTICE:
        return [ladder.best_below("480", film.width, film.height)]
    return ladder.planned(film.width, film.height, has_sound=film.has_sound)


# -- where the work lies -------------------------------------------------------------------------------------------


@contextmanager
def _room(film: Film) -> Iterator[Path]:
    """An empty folder for this step. What a killed worker left of the same film goes first. Raises NoSpace."""
    home = Path(settings.FILM_WORK_DIR) / str(film.pk)
    shutil.rmtree(home, ignore_errors=True)
    room = home / str(film.turn)
    room.mkdir(parents=True)
    try:
        if shutil.disk_usage(room).free < 2 * film.size + _ROOM_TO_SPARE:
            raise NoSpace
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _copied(source: BinaryIO, target: BinaryIO, tell: Callable[[int], None]) -> None:
    done = told = 0
    while piece := source.read(_PIECE):
        target.write(piece)
        done += len(piece)
        if done - told >= _REPORT_BYTES:
            told = done
            tell(done)


def _original(film: Film, room: Path, tell: Callable[[int], None]) -> Path:
    """The stored original as a file that ffmpeg can open: itself on a local disk, a copy of it elsewhere."""
    with suppress(NotImplementedError):
        return Path(default_storage.path(film.original_key))
    local = room / "original"
    with default_storage.open(film.original_key, "rb") as stored, local.open("wb") as file:
        _copied(stored, file, tell)
    return local


def _stored(film: Film, path: Path, suffix: str) -> str:
    with path.open("rb") as file:
        return default_storage.save(f"{film.folder}/{suffix}", File(file, name=suffix))


# -- check ---------------------------------------------------------------------------------------------------------


def _check(film: Film, room: Path, now: Now) -> None:
    """Put together, scan, look. Nothing opens the film before the scanner has seen it; nobody plays it before `making`."""

    def tell(_bytes: int) -> None:
        films.report(film, percent=_CHECKED // 2, at=now())

    whole = room / "whole"
    keys = []
    if film.original_key:
        whole = _original(film, room, tell)
    else:
        keys = _put_together(film, whole, tell)
    digest = _digest(whole, tell)
    with whole.open("rb") as file:
        found = scanning.scan(file)
    if found:
        log.warning("the scanner found %s in film %s", found, film.pk)
        raise Unfit("virus")
    shape = _shape(whole, most_seconds=film.most_seconds)
    key = film.original_key or _stored(film, whole, f"original-{film.turn}")

    def change(row: Film) -> None:
        row.original_key, row.sha256, row.percent = key, digest, _CHECKED
        row.milliseconds, row.width, row.height, row.has_sound = (
            shape.milliseconds,
            shape.width,
            shape.height,
            shape.has_sound,
        )
        row.rungs = {}
        row.parts.all().delete()

    try:
        films.advance(film, at=now(), change=change, step="pass")
    except Lost:
        films.forget([key])
        raise
    films.forget(keys)


def _put_together(film: Film, whole: Path, tell: Callable[[int], None]) -> list[str]:
    """Gives the keys of the parts. Raises Unfit where parts are missing, which the rows forbid."""
    keys, reached = [], 0
    with whole.open("wb") as file:
        for part in film.parts.order_by("start"):
            with default_storage.open(part.key, "rb") as stored:
                _copied(stored, file, tell)
            if part.start != reached or file.tell() != part.start + part.bytes:
                raise OSError(part.key)
            reached = file.tell()
            keys.append(part.key)
            tell(reached)
    if reached != film.size:
        raise OSError(film.folder)
    return keys


def _digest(path: Path, tell: Callable[[int], None]) -> str:
    whole, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            whole.update(piece)
            done += len(piece)
            if done % _REPORT_BYTES == 0:
                tell(done)
    return whole.hexdigest()


def _shape(path: Path, *, most_seconds: int) -> media.Film:
    """Raises Unfit."""
    with path.open("rb") as file:
        kind = filetypes.kind_of(file.read(filetypes.HEAD))
    if kind != "film":
        raise Unfit(kind)
    try:
        shape = media.probe(path)
    except media.NoPicture as blind:
        raise Unfit("sound") from blind
    except media.NotAFilm as broken:
        raise Unfit("broken") from broken
    if shape.milliseconds < 1000:  # noqa: PLR2004
        raise Unfit("too_short")
    if shape.milliseconds > (most_seconds + _SPARE_SECONDS) * 1000:
        raise Unfit("too_long")
    if shape.width * shape.height > _MOST_PIXELS:
        raise Unfit("too_many_pixels")
    return shape


# -- make ----------------------------------------------------------------------------------------------------------


def _make(film: Film, name: str, room: Path, now: Now) -> None:
    """One rung, stored with its list, whose names stay within its folder."""
    costs = {rung: ladder.cost(rung, film.width, film.height) for rung in _plan(film)}
    before = sum(cost for rung, cost in costs.items() if rung in film.rungs)
    span = _LADDER_DONE - _CHECKED

    def percent(share: float) -> int:
        return _CHECKED + int(span * (before + costs[name] * share) / sum(costs.values()))

    def tell(milliseconds: int) -> None:
        films.report(film, percent=percent(min(milliseconds / film.milliseconds, 1.0)), at=now())

    source = _original(film, room, lambda _bytes: tell(0))
    command = ladder.rung_command(source, name, room, width=film.width, height=film.height)
    try:
        ladder.run(command, tell)
        made = ladder.measured(room, name)
    except ladder.Broken:
        if film.attempts > 1:
            raise Unfit("broken") from None
        raise
    if _is_cut(film, made["milliseconds"]):
        raise Unfit("cut")
    _keep_rung(film, name, room, made, percent(1.0), now)


def _keep_rung(film: Film, name: str, room: Path, made: dict, percent: int, now: Now) -> None:
    """Its name carries a random word: whoever else makes the same rung writes other files."""
    stem = f"{name}-{uuid.uuid4().hex[:10]}"
    file = _stored(film, room / f"{name}.m4s", f"hls/{stem}.m4s")
    text = (room / f"{name}.m3u8").read_text(encoding="utf-8").replace(f"{name}.m4s", Path(file).name)
    listed = default_storage.save(f"{film.folder}/hls/{stem}.m3u8", ContentFile(text.encode()))

    def change(row: Film) -> None:
        row.rungs[name] = made | {"key": file, "list": Path(listed).name, "list_key": listed}
        row.percent = percent

    try:
        films.advance(film, at=now(), change=change)
    except Lost:
        films.forget([file, listed])
        raise


def _is_cut(film: Film, made: int) -> bool:
    missing = film.milliseconds - made
    return missing > _CUT_LEAST_MS and missing * _CUT_SHARE > film.milliseconds


# -- finish --------------------------------------------------------------------------------------------------------


def _finish(film: Film, room: Path, now: Now) -> None:
    """A poster, an ordinary MP4 from a middle rung, the list of the rungs; then the film takes its place."""

    def tell(_bytes: int) -> None:
        films.report(film, percent=_LADDER_DONE, at=now())

    tell(0)
    pictures = [name for name in ("480", "360", "240") if name in film.rungs]
    rung = room / "rung.m4s"
    with default_storage.open(film.rungs[pictures[0]]["key"], "rb") as stored, rung.open("wb") as file:
        _copied(stored, file, tell)
    plain = ladder.plain_mp4(rung, room / "plain.mp4")
    still = ladder.poster(rung, room / "poster.jpg", milliseconds=film.milliseconds)
    plain_bytes = plain.stat().st_size
    mp4, poster = (
        _stored(film, plain, f"plain-{film.turn}.mp4"),
        _stored(film, still, f"poster-{film.turn}.jpg"),
    )
    first = default_storage.save(
        f"{film.folder}/hls/first-{film.turn}.m3u8", ContentFile(ladder.first_list(film.rungs).encode())
    )
    plainest = film.rungs[pictures[0]]
    best = max((film.rungs[name] for name in film.rungs), key=lambda rung: rung["width"])

    def change(row: Film) -> None:
        row.mp4_key, row.poster_key, row.hls_key = mp4, poster, first
        row.audio_key = row.rungs.get("audio", {}).get("list_key", "")
        row.milliseconds = plainest["milliseconds"]
        row.width, row.height = best["width"], best["height"]

    try:
        films.finish(film, plain_bytes=plain_bytes, at=now(), change=change)
    except Lost:
        films.forget([mp4, poster, first])
        raise
