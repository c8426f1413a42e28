"""From footage to a lesson's film: every step, twice, broken, refused, cut, cancelled, and with a worker that dies."""

import datetime as dt
import re
import subprocess
import sys

import psutil
import pytest
from django.core.files.storage import default_storage

from courses import scanning, services, tasks
from courses.models import Film, Video
from courses.selectors import films as selectors
from courses.services import clearing, films, making, sending
from courses.services.films import Lost
from courses.services.steps import StillSent
from courses.workflow import FilmState
from portal import clock
from portal.accounts.roles import Role
from tests import factories
from tests.courses import footage
from tests.courses.conftest import OPTIONS


@pytest.fixture(autouse=True)
def own_room(settings, tmp_path):
    settings.FILM_WORK_DIR = tmp_path / "making"


@pytest.fixture
def course(make_course, author, at):
    made = make_course()
    footage.lesson(made, by=author, at=at)
    return made


def stored(folder):
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return files + [name for inner in folders for name in stored(f"{folder}/{inner}")]


def text(key):
    with default_storage.open(key) as file:
        return file.read().decode()


def test_footage_becomes_the_film_of_its_lesson(course, author, at):
    film = footage.sent(course, footage.film(width=640, height=480), by=author, at=at, angle_zh="近景")
    assert film.state == FilmState.RECEIVED
    footage.worked(at)
    film.refresh_from_db()
    assert (film.state, film.percent, film.trouble) == ("ready", 100, "")
    assert set(film.rungs) == {"240", "360", "480", "audio"}
    video = Video.objects.get(film=film)
    assert (video.position, video.angle_zh, video.width, video.height) == (1, "近景", 640, 480)
    assert 2900 < video.milliseconds < 3200
    assert video.lesson.seconds == video.milliseconds // 1000
    assert default_storage.size(video.poster_key) <= 30_000
    assert video.bytes == default_storage.size(video.mp4_key)
    first = text(video.hls_key)
    assert re.findall(r"RESOLUTION=(\d+x\d+)", first) == ["320x240", "480x360", "640x480"]
    assert 'CODECS="avc1.' in first
    assert first.index("RESOLUTION=320x240") < first.index('CODECS="mp4a.40.2"')
    assert stored(f"{film.folder}/parts") == []
    assert not list((making.Path(making.settings.FILM_WORK_DIR) / str(film.pk)).iterdir())


def test_a_film_held_upright_keeps_its_shape_and_nothing_is_scaled_up(course, author, at):
    film = footage.sent(course, footage.film(width=270, height=480, sound=False), by=author, at=at)
    footage.worked(at)
    film.refresh_from_db()
    assert film.state == "ready"
    assert set(film.rungs) == {"240"}
    assert (film.width, film.height) == (240, 426)
    assert film.audio_key == ""


def test_a_phone_held_upright_stores_its_film_lying(course, author, at):
    film = footage.sent(course, footage.turned(), by=author, at=at)
    footage.worked(at)
    film.refresh_from_db()
    assert (film.state, film.width, film.height) == ("ready", 240, 320)


def test_a_film_smaller_than_the_ladder_has_one_rung_of_its_size(course, author, at):
    film = footage.sent(course, footage.film(width=160, height=120), by=author, at=at)
    footage.worked(at)
    film.refresh_from_db()
    assert (film.width, film.height) == (160, 120)


def failed(course, content, author, at):
    film = footage.sent(course, content, by=author, at=at)
    footage.worked(at)
    film.refresh_from_db()
    assert film.state == FilmState.FAILED
    assert not Video.objects.exists()
    return film.trouble


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"<!DOCTYPE html><p>" + b"x" * 500, "page"),
        (b"\xff\xd8\xff\xe0" + b"x" * 500, "picture"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "playlist"),
        (b"PK\x03\x04" + b"x" * 500, "archive"),
        (b"MZ" + b"x" * 500, "program"),
        (b"%PDF-1.7" + b"x" * 500, "document"),
        (b"just words" * 50, "unknown"),
        (b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 500, "broken"),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + scanning.EICAR + b"!$H+H*", "virus"),
    ],
)
def test_what_is_no_film_says_so_and_goes(course, author, at, content, trouble):
    assert failed(course, content, author, at) == trouble
    film = Film.objects.get()
    assert not film.may_retry
    assert str(selectors.trouble(film))
    while clearing.clear_next(at=at):
        pass
    assert stored(film.folder) == []


def test_a_film_cut_short_is_refused(course, author, at):
    whole = footage.film(seconds=8, suffix="mkv")
    assert failed(course, whole[: len(whole) // 3], author, at) in {"cut", "broken"}


def test_a_film_of_half_a_moment_is_refused(course, author, at, monkeypatch):
    monkeypatch.setattr(making, "_MOST_PIXELS", 100)
    assert failed(course, footage.film(), author, at) == "too_many_pixels"


def test_a_silent_scanner_keeps_the_film_waiting_without_end(course, author, at, monkeypatch):
    monkeypatch.setattr(scanning.Recorder, "fails", True)
    film = footage.sent(course, footage.film(), by=author, at=at)
    for hour in range(8):
        footage.worked(at + dt.timedelta(hours=hour))
    film.refresh_from_db()
    assert (film.state, film.trouble) == ("received", "scanner")
    monkeypatch.setattr(scanning.Recorder, "fails", False)
    footage.worked(at + dt.timedelta(hours=9))
    film.refresh_from_db()
    assert (film.state, film.trouble) == ("ready", "")


def test_a_film_that_kills_its_workers_ends_failed_and_can_be_tried_again(course, author, at):
    film = footage.sent(course, footage.film(), by=author, at=at)
    for turn in range(films.MOST_ATTEMPTS):
        assert films.take_up(at=at + turn * 2 * films.LEASE).pk == film.pk
        assert films.take_up(at=at + turn * 2 * films.LEASE) is None
    later = at + dt.timedelta(hours=1)
    assert films.take_up(at=later) is None
    film.refresh_from_db()
    assert (film.state, film.trouble, film.may_retry) == ("failed", "given_up", True)
    films.retry_film(film, by=author, at=later)
    footage.worked(later)
    film.refresh_from_db()
    assert film.state == "ready"


def test_cancelled_while_it_is_made_nothing_is_left(course, author, at, monkeypatch):
    film = footage.sent(course, footage.film(width=640, height=480), by=author, at=at)
    making.work(films.take_up(at=at), now=lambda: at)
    taken = films.take_up(at=at)
    assert taken.state == "making"
    monkeypatch.setattr("courses.ladder.TOLD_EVERY", 0.0)
    films.cancel_film(film, by=author, at=at)
    making.work(taken, now=lambda: at)
    film.refresh_from_db()
    assert (film.state, film.rungs) == ("cancelled", {})
    assert clearing.clear_next(at=at)
    assert not clearing.clear_next(at=at)
    assert stored(film.folder) == []


def test_a_worker_that_lost_its_lease_writes_nothing(course, author, at):
    footage.sent(course, footage.film(), by=author, at=at)
    slow = films.take_up(at=at)
    later = at + 2 * films.LEASE
    footage.worked(later)
    video = Video.objects.get()
    before = stored(video.film.folder)
    making.work(slow, now=lambda: later)
    with pytest.raises(Lost):
        films.report(slow, percent=5, at=later)
    assert Video.objects.count() == 1
    assert sorted(stored(video.film.folder)) == sorted(before)


def test_another_angle_and_a_replacement(course, author, at):
    first = footage.sent(course, footage.film(), by=author, at=at, angle_zh="近景")
    footage.sent(course, footage.film(), by=author, at=at + dt.timedelta(seconds=1), angle_zh="远景")
    Film.objects.filter(pk=first.pk).update(due_at=at + dt.timedelta(hours=1))
    for hours in (0.5, 2):  # the second is made first
        footage.worked(at + dt.timedelta(hours=hours))
    lesson = course.versions.get().lessons.get(key="weld")
    assert list(lesson.videos.values_list("position", "angle_zh")) == [(1, "近景"), (2, "远景")]
    first = lesson.videos.get(position=1)
    first.captions_zh_key = "kept.vtt"
    first.save()
    footage.sent(course, footage.film(seconds=5), by=author, at=at, position=1)
    footage.worked(at)
    again = lesson.videos.get(position=1)
    assert (again.pk, again.captions_zh_key, again.angle_zh) == (first.pk, "kept.vtt", "近景")
    assert again.film_id != first.film_id
    assert Film.objects.get(pk=first.film_id).state == "removed"
    lesson.refresh_from_db()
    assert lesson.seconds == 5
    while clearing.clear_next(at=at):
        pass
    assert stored(f"films/{first.film_id}") == []
    films.remove_video(again, by=author, at=at)
    assert list(lesson.videos.values_list("position", "angle_zh")) == [(1, "远景")]
    lesson.refresh_from_db()
    assert lesson.seconds == 3


def test_a_film_whose_lesson_went_fails_and_says_so(course, author, at):
    film = footage.sent(course, footage.film(), by=author, at=at)
    course.versions.get().lessons.get(key="weld").delete()
    footage.worked(at)
    film.refresh_from_db()
    assert (film.state, film.trouble) == ("failed", "lesson_gone")


@pytest.fixture
def complete(make_course, author, at):
    """A course that lacks only its film."""
    made = make_course(ready=True)
    lesson = footage.lesson(made, by=author, at=at)
    words = {"kind": "single", "stem_zh": "先做什么？", "options": OPTIONS, "right": {"A"}}
    services.add_question(made, lesson=lesson, by=author, at=at, **words)
    return made


def version_state(course):
    return course.versions.get().state


def test_a_version_waits_for_its_film_and_then_goes_to_review(complete, author, at):
    footage.sent(complete, footage.film(), by=author, at=at)
    services.submit(complete, by=author, at=at)
    assert version_state(complete) == "submitted"
    assert not clearing.settle_next(at=at)
    footage.worked(at)
    assert clearing.settle_next(at=at)
    assert version_state(complete) == "under_review"
    assert not clearing.settle_next(at=at)


def test_a_failed_film_returns_its_version_with_the_reason(complete, author, at):
    footage.sent(complete, b"%PDF-1.7" + b"x" * 200, by=author, at=at)
    services.submit(complete, by=author, at=at)
    footage.worked(at)
    assert clearing.settle_next(at=at)
    version = complete.versions.get()
    assert version.state == "returned"
    assert "weld" in version.returned_reason
    assert str(selectors.TROUBLES["document"]) in version.returned_reason


def test_nothing_is_submitted_while_a_film_is_still_being_sent(complete, author, at):
    footage.in_place(complete.versions.get().lessons.get(key="weld"))
    begun = sending.begin_film(complete, lesson_key="weld", name="a.mp4", size=9, by=author, at=at)
    with pytest.raises(StillSent) as refused:
        services.submit(complete, by=author, at=at)
    assert "weld" in str(refused.value)
    films.cancel_film(begun, by=author, at=at)
    services.submit(complete, by=author, at=at)
    assert version_state(complete) == "under_review"


def test_an_upload_that_nobody_goes_on_with_is_given_up(course, author, at):
    begun = sending.begin_film(course, lesson_key="weld", name="a.mp4", size=9, by=author, at=at)
    assert not clearing.give_up_next(at=at)
    assert clearing.give_up_next(at=at + sending.WAITS)
    begun.refresh_from_db()
    assert begun.state == "cancelled"


def test_each_task_run_twice_does_its_work_once(course, author, at, monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    nudged = []
    monkeypatch.setattr(tasks.make_films, "delay", lambda: nudged.append(1))
    footage.sent(course, footage.film(), by=author, at=at)
    while tasks.make_films():
        pass
    assert len(nudged) == 4
    assert tasks.make_films() == 0
    assert Video.objects.count() == 1
    assert tasks.tend_films() == 0
    assert tasks.tend_films() == 0


def test_two_workers_never_have_the_same_film(together):
    at = clock.now()
    person = factories.staff(Role.PROVIDER_MANAGER)
    draft = footage.draft(by=person, at=at)
    footage.sent(draft, footage.film(), by=person, at=at)
    taken = together(lambda _n: films.take_up(at=at), 4)
    assert len([film for film in taken if film is not None]) == 1


def test_a_killed_worker_leaves_no_ffmpeg_and_its_film_is_made_by_the_next(committed_db, tmp_path, settings):
    """SIGKILL in the middle of a rung: ffmpeg dies with it, and after the lease another worker makes the film."""
    at = clock.now()
    person = factories.staff(Role.PROVIDER_MANAGER)
    draft = footage.draft(by=person, at=at)
    long = footage.film(width=1280, height=720, seconds=60)
    film = footage.sent(draft, long, by=person, at=at)
    making.work(films.take_up(at=at), now=lambda: at)
    source = tmp_path / "film.mp4"
    source.write_bytes(long)
    target = tmp_path / "room"
    target.mkdir()
    script = (
        "import sys; from pathlib import Path; from courses import ladder;"
        "a = [Path(p) for p in sys.argv[1:]];"
        "ladder.run(ladder.rung_command(a[0], '720', a[1], width=1280, height=720), lambda ms: print('told', flush=True))"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", script, str(source), str(target)], stdout=subprocess.PIPE
    )
    assert worker.stdout.readline() == b"told\n"
    coders = psutil.Process(worker.pid).children(recursive=True)
    assert coders
    worker.kill()
    worker.wait(timeout=10)
    worker.stdout.close()
    _gone, left = psutil.wait_procs(coders, timeout=10)
    assert not left
    dead = films.take_up(at=at)
    assert dead.pk == film.pk
    assert films.take_up(at=at + films.LEASE / 2) is None
    again = films.take_up(at=at + films.LEASE * 2)
    assert (again.pk, again.turn) == (film.pk, dead.turn + 1)


def test_a_store_that_refuses_makes_the_film_wait_not_fail(course, author, at, monkeypatch):
    film = footage.sent(course, footage.film(), by=author, at=at)

    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.files.storage.FileSystemStorage._save", full)
        footage.worked(at)
    film.refresh_from_db()
    assert (film.state, film.trouble, film.parts.count()) == ("received", "store", 1)
    footage.worked(at + dt.timedelta(minutes=20))
    film.refresh_from_db()
    assert film.state == "ready"


def test_a_worker_without_room_leaves_the_film_to_another(course, author, at, monkeypatch):
    film = footage.sent(course, footage.film(), by=author, at=at)
    monkeypatch.setattr(making, "_ROOM_TO_SPARE", 1 << 60)
    footage.worked(at)
    film.refresh_from_db()
    assert (film.state, film.trouble) == ("received", "no_space")
