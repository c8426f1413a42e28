"""From scenes to H.264 with a soft chime: typst rasterises the frames, ffmpeg codes them. About 7 s a film and core."""

import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typst
from django.utils.translation import gettext_lazy as _

from courses import media
from courses.films.scenes import SCENES, Scene
from portal.rules import RuleBroken

FRAMES_A_SECOND = 12
_AT_ONCE = 48
_SECONDS_TO_CODE = 240
_PAGE = "#set page(width: 640pt, height: 360pt, margin: 0pt)\n"


class CannotMake(RuleBroken):
    code = "film_not_made"
    message = _("The demo film could not be made. Look into the log; a full disk is the usual reason.")


@dataclass(frozen=True)
class Made:
    film: Path
    poster: Path


def _frames(scene: Scene, moments: list[float], ppi: float = 72.0) -> list[bytes]:
    quoted = (scene.at(t).replace("\\", "\\\\").replace('"', '\\"') for t in moments)
    pages = "\n".join(f'#image(bytes("{svg}"), format: "svg", width: 640pt, height: 360pt)' for svg in quoted)
    drawn = typst.compile((_PAGE + pages).encode(), format="png", ppi=ppi)
    return drawn if isinstance(drawn, list) else [drawn]


def still(name: str, second: float, part: tuple[int, int, int, int]) -> bytes:
    """A picture (PNG) out of a film: x, y, width and height of 640 by 360, twice as large."""
    x, y, width, height = part
    svg = SCENES[name].at(second).replace("\\", "\\\\").replace('"', '\\"')
    page = f"""#set page(width: {width}pt, height: {height}pt, margin: 0pt)
#place(dx: -{x}pt, dy: -{y}pt, image(bytes("{svg}"), format: "svg", width: 640pt, height: 360pt))"""
    return typst.compile(page.encode(), format="png", ppi=144.0)


def _all_frames(scene: Scene) -> Iterator[bytes]:
    moments = [n / FRAMES_A_SECOND for n in range(scene.seconds * FRAMES_A_SECOND)]
    for start in range(0, len(moments), _AT_ONCE):
        yield from _frames(scene, moments[start : start + _AT_ONCE])


def _sound(scene: Scene) -> str:
    """A chime of two soft sines at each step, silence between."""
    bells = "+".join(
        f"gte(t,{s})*exp(-3.2*(t-{s}))*(0.10*sin(2*PI*659.25*t)+0.06*sin(2*PI*987.77*t))"
        for s in scene.chimes
    )
    return f"aevalsrc=exprs='{bells}':s=44100:d={scene.seconds}"


def _code(scene: Scene, target: Path) -> None:
    command = [
        *(media.ffmpeg(), "-y", "-hide_banner", "-loglevel", "error"),
        *("-f", "image2pipe", "-c:v", "png", "-framerate", str(FRAMES_A_SECOND), "-i", "-"),
        *("-f", "lavfi", "-i", _sound(scene)),
        *("-c:v", "libx264", "-preset", "medium", "-crf", "25", "-pix_fmt", "yuv420p", "-g", "24"),
        *("-c:a", "aac", "-b:a", "64k", "-t", str(scene.seconds), "-movflags", "+faststart"),
        *("-map_metadata", "-1", "-fflags", "+bitexact", str(target)),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as coder:  # noqa: S603 - our own program
        try:
            for frame in _all_frames(scene):
                coder.stdin.write(frame)
        except BrokenPipeError:
            pass
        _out, told = coder.communicate(timeout=_SECONDS_TO_CODE)
        if coder.returncode:
            raise CannotMake(details=told.decode("utf-8", "replace")[-500:])


def _fingerprint() -> str:
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def make(name: str, cache: Path) -> Made:
    """The film and its poster; made once, then taken from `cache`. Raises CannotMake."""
    scene = SCENES[name]
    home = cache / _fingerprint()
    made = Made(home / f"{name}.mp4", home / f"{name}.png")
    if made.film.exists() and made.poster.exists():
        return made
    home.mkdir(parents=True, exist_ok=True)
    half = home / f"{name}.{os.getpid()}.half.mp4"
    try:
        _code(scene, half)
        made.poster.write_bytes(_frames(scene, [scene.seconds - 3.0])[0])
        half.replace(made.film)
    except OSError as broken:
        raise CannotMake from broken
    finally:
        half.unlink(missing_ok=True)
    return made
