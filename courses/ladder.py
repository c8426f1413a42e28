"""From one film to its ladder: a rung for each line, sound alone, a poster, and the lists a player reads.

Plain calls of ffmpeg. Each rung is one fragmented MP4 beside its list (HLS by byte ranges), so a film is a handful of
objects however long it is. Nothing is scaled up; the short side names the rung, so a film held upright has its rungs too.
"""

import os
import re
import selectors as waiting
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from courses import media
from portal.embedded import processes

TOLD_EVERY = 2.0
"""Seconds between two reports of progress while ffmpeg works."""
STALLED_AFTER = 120.0
"""Seconds without any progress after which ffmpeg is given up."""
SEGMENT_SECONDS = 4
POSTER_MOST = 30_000
_POSTER_QUALITIES = (4, 7, 11, 16, 22, 28, 31)
_FORMATS = "mov,matroska,webm,mpegts,mpegvideo,mpeg,avi,flv,asf,ogg"
_NICE = 10


@dataclass(frozen=True)
class Rung:
    """`lines` is the short side in pixels, 0 for sound alone; bit rates in kbit/s."""

    name: str
    lines: int
    video: int
    audio: int


AUDIO = Rung("audio", 0, 0, 48)
RUNGS = (
    Rung("240", 240, 220, 48),
    Rung("360", 360, 480, 64),
    Rung("480", 480, 900, 64),
    Rung("720", 720, 1800, 96),
)
BY_NAME = {rung.name: rung for rung in (AUDIO, *RUNGS)}


class Stalled(Exception):  # noqa: N818 - told to people as a sentence of the film
    """ffmpeg made no progress."""


class Broken(Exception):  # noqa: N818 - see Stalled
    """ffmpeg could not read the film to its end; what it said last is the argument."""


def planned(width: int, height: int, *, has_sound: bool) -> list[str]:
    """Names of the rungs, in the order in which they are made: what plays on the weakest network comes first."""
    lines = min(width, height)
    fitting = [rung.name for rung in RUNGS if rung.lines <= lines] or [RUNGS[0].name]
    return [*fitting[:1], *([AUDIO.name] if has_sound else []), *fitting[1:]]


def best_below(name: str, width: int, height: int) -> str:
    """The finest rung for a film of this size that is no finer than `name`."""
    most = BY_NAME[name].lines
    fitting = [rung.name for rung in RUNGS if rung.lines <= min(width, height, most)]
    return fitting[-1] if fitting else RUNGS[0].name


def cost(name: str, width: int, height: int) -> int:
    """Share of the work, in pixels of a frame; sound is nearly free."""
    rung = BY_NAME[name]
    if not rung.lines:
        return 20_000
    short, long = sorted((width, height))
    lines = min(rung.lines, short)
    return lines * lines * long // short + 60_000


def _scale(rung: Rung, width: int, height: int) -> str:
    """Square pixels, an even size, the short side as long as the rung says, or as the film has it."""
    lines = min(rung.lines, width, height) // 2 * 2
    size = f"-2:{lines}" if width >= height else f"{lines}:-2"
    return f"scale=trunc(iw*sar/2)*2:ih,setsar=1,scale={size},setsar=1"


def _reading(source: Path) -> list[str]:
    return [
        *(media.ffmpeg(), "-y", "-hide_banner", "-nostdin", "-loglevel", "error"),
        *("-progress", "pipe:1", "-stats_period", "1", "-protocol_whitelist", "file"),
        *("-format_whitelist", _FORMATS, "-i", f"file:{source}"),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"),
    ]


def rung_command(source: Path, name: str, folder: Path, *, width: int, height: int) -> list[str]:
    rung = BY_NAME[name]
    sound = [
        "-c:a",
        "aac",
        "-b:a",
        f"{rung.audio}k",
        "-ar",
        "44100",
        "-ac",
        "2" if rung.lines > RUNGS[0].lines else "1",
    ]
    if rung.lines:
        picture = [
            *("-map", "0:v:0", "-map", "0:a:0?", "-vf", _scale(rung, width, height), "-fpsmax", "30"),
            *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-pix_fmt", "yuv420p"),
            *("-crf", "25", "-maxrate", f"{rung.video}k", "-bufsize", f"{rung.video * 2}k"),
            *("-force_key_frames", "expr:gte(t,n_forced*2)", "-sc_threshold", "0"),
        ]
    else:
        picture = ["-map", "0:a:0", "-vn"]
    return [
        *_reading(source), *picture, *sound,
        *("-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"),
        *("-hls_flags", "single_file+independent_segments"),
        *("-hls_segment_filename", str(folder / f"{name}.m4s"), str(folder / f"{name}.m3u8")),
    ]  # fmt: skip


def run(command: list[str], tell: Callable[[int], None]) -> None:
    """Run ffmpeg; `tell(milliseconds made)` is called every TOLD_EVERY seconds and stops it by raising.

    Whatever happens, no ffmpeg is left: it dies with this process too. Raises Broken, Stalled, and what `tell` raises.
    """
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(  # noqa: S603 - our own program on our own paths
            processes.launched(command, account=None, until=signal.SIGKILL),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=words,
        ) as coder,
    ):  # fmt: skip
        try:
            os.setpriority(os.PRIO_PROCESS, coder.pid, _NICE)
            _listen(coder, tell)
            if coder.wait():
                raise Broken(_last(words))
        finally:
            if coder.poll() is None:
                coder.kill()


def _last(words: object) -> str:
    words.seek(max(words.seek(0, os.SEEK_END) - 300, 0))
    return words.read().decode("utf-8", "replace").strip()


def _listen(coder: subprocess.Popen, tell: Callable[[int], None]) -> None:
    made, told, moved = 0, 0.0, time.monotonic()
    heard = b""
    os.set_blocking(coder.stdout.fileno(), False)
    with waiting.DefaultSelector() as ear:
        ear.register(coder.stdout, waiting.EVENT_READ)
        while True:
            if ear.select(timeout=1.0):
                piece = coder.stdout.read(65536)
                if piece == b"":
                    return
                heard = (heard + (piece or b""))[-4096:]
                found = re.findall(rb"out_time_us=(\d+)", heard)
                now = int(found[-1]) // 1000 if found else 0
                if now > made:
                    made, moved = now, time.monotonic()
            clock = time.monotonic()
            if clock - moved > STALLED_AFTER:
                raise Stalled
            if clock - told > TOLD_EVERY:
                told = clock
                tell(made)


def poster(source: Path, target: Path, *, milliseconds: int) -> Path:
    """A still from a tenth of the way, at most 640 pixels and POSTER_MOST bytes. Raises Broken."""
    for quality in _POSTER_QUALITIES:
        command = [
            *_reading(source), "-ss", f"{milliseconds / 10_000:.2f}", "-map", "0:v:0", "-frames:v", "1",
            *("-vf", "scale=trunc(iw*sar/2)*2:ih,setsar=1,scale=640:640:force_original_aspect_ratio=decrease"),
            *("-q:v", str(quality), "-f", "image2", "-update", "1", str(target)),
        ]  # fmt: skip
        run(command, lambda _ms: None)
        if not target.exists():
            raise Broken("no picture")
        if target.stat().st_size <= POSTER_MOST:
            break
    return target


def plain_mp4(rung: Path, target: Path) -> Path:
    """The rung as an ordinary MP4 that begins to play at once, for players without HLS. Raises Broken."""
    run(
        [*_reading(rung), "-c", "copy", "-movflags", "+faststart", "-f", "mp4", str(target)], lambda _ms: None
    )
    return target


# -- the lists -----------------------------------------------------------------------------------------------------


def measured(folder: Path, name: str) -> dict[str, object]:
    """What the first list says of a made rung: size of the picture, peak bits a second, codecs, milliseconds."""
    text = (folder / f"{name}.m3u8").read_text(encoding="utf-8")
    seconds = [float(found) for found in re.findall(r"#EXTINF:([\d.]+)", text)]
    sizes = [int(found) for found in re.findall(r"#EXT-X-BYTERANGE:(\d+)", text)]
    if not seconds or len(sizes) != len(seconds):
        raise Broken("an empty list")
    file = folder / f"{name}.m4s"
    with file.open("rb") as start:
        head = start.read(65536)
    profile = re.search(rb"avcC\x01(...)", head, re.DOTALL)
    shape = re.search(rb"avc1.{24}(....)", head, re.DOTALL)
    codecs = [f"avc1.{profile[1].hex()}"] if profile else []
    codecs += ["mp4a.40.2"] if b"mp4a" in head else []
    width, height = struct.unpack("!HH", shape[1]) if shape else (0, 0)
    return {
        "bandwidth": int(
            max(8 * size / max(length, 0.5) for size, length in zip(sizes, seconds, strict=True))
        ),
        "codecs": ",".join(codecs),
        "width": width,
        "height": height,
        "milliseconds": int(sum(seconds) * 1000),
        "bytes": file.stat().st_size,
    }


def first_list(rungs: dict[str, dict]) -> str:
    """The list of the rungs, the smallest picture first: there a player begins. Sound alone comes last."""
    rows = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    order = [name for name in (rung.name for rung in (*RUNGS, AUDIO)) if name in rungs]
    for name in order:
        rung = rungs[name]
        size = f",RESOLUTION={rung['width']}x{rung['height']}" if rung["width"] else ""
        codecs = rung["codecs"]
        rows += [f'#EXT-X-STREAM-INF:BANDWIDTH={rung["bandwidth"]}{size},CODECS="{codecs}"', rung["list"]]
    return "\n".join([*rows, ""])
