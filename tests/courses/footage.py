"""Small real films for the tests, made by ffmpeg once and kept for the run."""

import subprocess
import tempfile
from functools import cache
from io import BytesIO
from pathlib import Path

from courses import media, services
from courses.models import Film
from courses.services import films, making, sending

HOME = Path(tempfile.mkdtemp(prefix="zhixun-footage-"))


@cache
def film(*, width: int = 320, height: int = 180, seconds: int = 3, sound: bool = True, suffix: str = "mp4") -> bytes:
    path = HOME / f"{width}x{height}-{seconds}-{sound}.{suffix}"
    command = [media.ffmpeg(), "-y", "-loglevel", "error"]
    command += ["-f", "lavfi", "-i", f"testsrc2=size={width}x{height}:rate=10:duration={seconds}"]
    if sound:
        command += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}", "-c:a", "aac"]
    subprocess.run([*command, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(path)], check=True)
    return path.read_bytes()


def lesson(course, *, by, at, key="weld", kind="video"):
    return services.add_lesson(course, key=key, kind=kind, title_zh="平焊", title_en="Flat welds", by=by, at=at)


def sent(course, content: bytes, *, by, at, key="weld", **words) -> Film:
    """A film all of which has arrived."""
    begun = sending.begin_film(course, lesson_key=key, name="平焊𠮷.mp4", size=len(content), by=by, at=at, **words)
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
