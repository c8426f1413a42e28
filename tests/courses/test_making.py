"""From footage to a lesson's film: every step, twice, broken, refused, cut, cancelled, and with a worker that dies."""

import datetime as dt
import re

import pytest
from django.core.files.storage import default_storage

from courses import media, scanning, services
from courses.models import Film, Video
from courses.services import clearing, films, making
from courses.services.films import Lost
from courses.workflow import FilmState
from tests.courses import footage

pytestmark = pytest.mark.django_db


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


def test_a_film_smaller_than_the_ladder_has_one_rung_of_its_size(course, author, at):
    film = footage.sent(course, footage.film(width=160, height=120), by=author, at=at)
    footage.worked(at)
    film.refresh_from_db()
    assert (film.width, film.height) == (160, 120)
