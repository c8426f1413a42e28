"""Small real films for the tests, made by ffmpeg once and kept for the run."""

import subprocess
import tempfile
from functools import cache
from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from courses import media, services
from courses.models import Film, Occupation, Video
from courses.services import films, making, sending
from tests import factories

HOME = Path(tempfile.mkdtemp(prefix="zhixun-footage-"))


@cache
def film(
    *, width: int = 320, height: int = 180, seconds: int = 3, sound: bool = True, suffix: str = "mp4"
) -> bytes:
    path = HOME / f"{width}x{height}-{seconds}-{sound}.{suffix}"
    command = [media.ffmpeg(), "-y", "-loglevel", "error"]
    command += ["-f", "lavfi", "-i", f"testsrc2=size={width}x{height}:rate=10:duration={seconds}"]
    if sound:
        command += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}", "-c:a", "aac"]
    subprocess.run(
        [*command, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path)], check=True
    )
    return path.read_bytes()


@cache
def turned() -> bytes:
    """A film as phones store it that were held upright: lying, with a note that it is to be turned."""
    film(width=320, height=240)
    path = HOME / "turned.mp4"
    lying = HOME / "320x240-3-True.mp4"
    command = [media.ffmpeg(), "-y", "-loglevel", "error", "-display_rotation", "90", "-i", str(lying)]
    subprocess.run([*command, "-c", "copy", str(path)], check=True)
    return path.read_bytes()


@cache
def only_sound() -> bytes:
    path = HOME / "sound.mp4"
    sine = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-c:a", "aac"]
    subprocess.run([media.ffmpeg(), "-y", "-loglevel", "error", *sine, str(path)], check=True)
    return path.read_bytes()


def draft(*, by, at, code="GZ-F1"):
    """A draft of the province's school with one film in place; its files are only names with a few bytes."""
    course = services.create_course(
        code=code,
        province=factories.province(),
        organisation=factories.organisation(),
        occupation=Occupation.objects.filter(edition="2022").first(),
        certificate_kind="completion",
        level=None,
        title_zh="焊工𠮷入门",
        title_en="Welding",
        hours=3,
        delivery="video",
        by=by,
        at=at,
    )
    in_place(lesson(course, by=by, at=at))
    return course


def in_place(of, *, position=1, angle="近景", **words):
    folder = f"films/drawn-{of.pk}-{position}"
    names = {"mp4_key": "plain.mp4", "poster_key": "poster.jpg", "hls_key": "hls/first.m3u8"}
    keys = {
        name: default_storage.save(f"{folder}/{file}", ContentFile(b"few")) for name, file in names.items()
    }
    return Video.objects.create(
        lesson=of,
        position=position,
        angle_zh=angle,
        milliseconds=3000,
        width=320,
        height=180,
        bytes=3,
        **keys,
        **words,
    )


def lesson(course, *, by, at, key="weld", kind="video"):
    return services.add_lesson(
        course, key=key, kind=kind, title_zh="平焊", title_en="Flat welds", by=by, at=at
    )


def sent(course, content: bytes, *, by, at, key="weld", **words) -> Film:
    """A film all of which has arrived."""
    begun = sending.begin_film(
        course, lesson_key=key, name="平焊𠮷.mp4", size=len(content), by=by, at=at, **words
    )
    return sending.receive(begun, start=0, source=BytesIO(content), length=len(content), by=by, at=at)


def worked(at, *, steps: int = 20) -> list[Film]:
    """A worker at it until nothing is due; gives the films as taken up."""
    taken = []
    for _turn in range(steps):
        film = films.take_up(at=at)
        if film is None:
            break
        taken.append(film)
        making.work(film, now=lambda: at)
    return taken
