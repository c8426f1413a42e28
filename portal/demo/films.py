"""Short original films, drawn by ffmpeg from a list of steps: real H.264, with captions, a poster and chapters."""

import hashlib
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
from django.conf import settings

SECONDS_A_STEP = 5
WIDTH, HEIGHT, RATE = 1280, 720, 12
INK, GROUND, LINE = "0x17211e", "0xf3f5f0", "0xd5dad1"
FONT = settings.BASE_DIR / "certificates" / "paper" / "fonts" / "ZhixunText.otf"


@dataclass(frozen=True)
class Script:
    """A film's words: `steps` are pairs of Chinese and English sentences; `colour` is six hex digits."""

    title_zh: str
    title_en: str
    colour: str
    steps: tuple[tuple[str, str], ...]

    @property
    def seconds(self) -> int:
        return SECONDS_A_STEP * len(self.steps)


def captions(script: Script, *, english: bool) -> str:
    """WebVTT, one cue a step."""
    cues = [
        f"{_moment(number)} --> {_moment(number + 1)}\n{step[1] if english else step[0]}"
        for number, step in enumerate(script.steps)
    ]
    return "\n\n".join(["WEBVTT", *cues, ""])


def chapters(script: Script) -> list[dict[str, object]]:
    return [
        {"seconds": number * SECONDS_A_STEP, "zh": zh, "en": en}
        for number, (zh, en) in enumerate(script.steps)
    ]


def _moment(step: int) -> str:
    minutes, seconds = divmod(step * SECONDS_A_STEP, 60)
    return f"00:{minutes:02}:{seconds:02}.000"


def draw(script: Script) -> tuple[Path, Path]:
    """The film and its poster, under var/films; drawn once for the same words. Raises CalledProcessError."""
    place = settings.VAR_DIR / "films"
    place.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(repr((script, WIDTH, RATE)).encode()).hexdigest()[:16]
    film, poster = place / f"{name}.mp4", place / f"{name}.jpg"
    if not (film.exists() and poster.exists()):
        with tempfile.TemporaryDirectory(dir=place) as words:
            new = Path(words) / "film.mp4"
            _run(*_picture(script, Path(words)), str(new))
            _run(
                "-ss",
                str(SECONDS_A_STEP + 1),
                "-i",
                str(new),
                "-frames:v",
                "1",
                "-q:v",
                "4",
                f"{words}/poster.jpg",
            )
            (Path(words) / "poster.jpg").replace(poster)
            new.replace(film)
    return film, poster


def _run(*words: str) -> None:
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-hide_banner",
        "-loglevel",
        "error",
        "-nostdin",
        "-y",
        *words,
    ]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 -- our own program, our own words


def _picture(script: Script, words: Path) -> list[str]:
    """A plain ground, the number of the step in a breathing disc, its sentence, and a strip that fills."""
    long = script.seconds
    colour = f"0x{script.colour}"
    layers = [
        f"drawbox=x=0:y=0:w=iw:h=96:color={colour}:t=fill",
        _text(words, "title", script.title_zh, size=44, x="64", y="26", colour="white"),
        _text(words, "title-en", script.title_en, size=24, x="w-tw-64", y="38", colour="white"),
        _text(words, "disc", "●", size="360+14*sin(2*t)", x="240-tw/2", y="360-th/2", colour=colour),
        f"drawbox=x=64:y=640:w={WIDTH - 128}:h=16:color={LINE}:t=fill",
    ]
    for number, (zh, en) in enumerate(script.steps):
        begin = number * SECONDS_A_STEP
        when = f"between(t,{begin},{begin + SECONDS_A_STEP - 0.01})"
        rise = f"12*max(0,1-2*(t-{begin}))"
        layers += [
            _text(
                words,
                f"n{number}",
                str(number + 1),
                size=140,
                x="240-tw/2",
                y="346-th/2",
                colour="white",
                when=when,
            ),
            *_lines(words, f"zh{number}", zh, 14, size=52, y=f"300+{rise}", step=72, colour=INK, when=when),
            *_lines(
                words, f"en{number}", en, 48, size=28, y=f"460+{rise}", step=40, colour="0x43504b", when=when
            ),
            # a piece of the strip a second, so that it is seen to move
            *(
                f"drawbox=x={64 + (WIDTH - 128) * second // long}:y=640:w={(WIDTH - 128) // long - 3}:h=16:color={colour}"
                f":t=fill:enable='gte(t,{second})'"
                for second in range(begin, begin + SECONDS_A_STEP)
            ),
        ]
    chime = f"0.12*sin(2*PI*(440+55*floor(t/{SECONDS_A_STEP}))*t)*exp(-4*mod(t,{SECONDS_A_STEP}))"
    return [
        "-f", "lavfi", "-i", f"color=c={GROUND}:s={WIDTH}x{HEIGHT}:r={RATE}:d={long}",
        "-f", "lavfi", "-i", f"aevalsrc='{chime}':s=44100:d={long}",
        "-vf", ",".join(layers), "-c:v", "libx264", "-profile:v", "main", "-preset", "veryfast", "-crf", "27",
        "-pix_fmt", "yuv420p", "-g", str(RATE * 2), "-c:a", "aac", "-b:a", "48k", "-movflags", "+faststart",
        "-t", str(long),
    ]  # fmt: skip


def _lines(words: Path, name: str, text: str, width: int, *, y: str, step: int, **how: object) -> list[str]:
    """`text` in lines of at most `width` characters, broken at spaces where it has any."""
    lines, rest = [], text
    while len(rest) > width:
        cut = rest.rfind(" ", 0, width)
        cut = cut if cut > 0 else max(rest.rfind(mark, 0, width) + 1 for mark in "，、：。") or width
        lines.append(rest[:cut])
        rest = rest[cut:].strip()
    return [
        _text(words, f"{name}-{number}", line, x="480", y=f"{y}+{number * step}", **how)
        for number, line in enumerate([*lines, rest])
    ]


def _text(
    words: Path, name: str, text: str, *, size: int | str, x: str, y: str, colour: str, when: str = ""
) -> str:
    """The words go by a file: ffmpeg's own marks in them then mean nothing."""
    path = words / f"{name}.txt"
    path.write_text(text, encoding="utf-8")
    only = f":enable='{when}'" if when else ""
    return f"drawtext=fontfile='{FONT}':textfile='{path}':fontsize='{size}':fontcolor={colour}:x='{x}':y='{y}'{only}"
