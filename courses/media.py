"""Films, posters and captions in the storage: probing them, and addresses that hold for a short while.

An address carries its key, its reader and its end under a signature made with LINK_KEY. Playback goes through
`courses:media`, which checks all three; from S3 it sends the reader on to the store's own short-lived address.
"""

import datetime as dt
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.rules import RuleBroken

LASTS = dt.timedelta(hours=2)
"""Long enough for a lesson with pauses: a film is fetched in pieces for as long as it plays."""
_SALT = "courses.media"
_PROBE_SECONDS = 30
LIST = ".m3u8"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+\.(?:m3u8|m4s|ts|mp4)")
_URI = re.compile(r'URI="([^"]*)"')
TYPES = {
    ".mp4": "video/mp4",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".m4s": "video/mp4",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".vtt": "text/vtt; charset=utf-8",
    ".pdf": "application/pdf",
}


class NotAFilm(RuleBroken):
    code = "not_a_film"
    message = _("This file cannot be read as a film. Export it again as MP4 with H.264 video.")


class NoPicture(NotAFilm):
    """There is sound, and nothing to see."""


class LinkOver(RuleBroken):
    code = "link_over"
    message = _("This link has run out. Open the page again.")


@dataclass(frozen=True)
class Film:
    """As it is shown: a film held upright is higher than wide, however the camera stored it."""

    milliseconds: int
    width: int
    height: int
    codec: str
    has_sound: bool


def ffmpeg() -> str:
    return imageio_ffmpeg.get_ffmpeg_exe()


def probe(path: Path) -> Film:
    """What a film really is, by reading it. Raises NotAFilm, NoPicture."""
    done = subprocess.run(  # noqa: S603 - our own program on our own path
        [ffmpeg(), "-hide_banner", "-nostdin", "-protocol_whitelist", "file", "-i", f"file:{path}"],
        capture_output=True,
        timeout=_PROBE_SECONDS,
        check=False,
    )
    told = done.stderr.decode("utf-8", "replace")
    length = re.search(r"Duration: (\d+):(\d\d):(\d\d)\.(\d\d)", told)
    picture = re.search(r"Stream #\S+: Video: (\w+).*?, (\d{2,5})x(\d{2,5})", told)
    if length and not picture and ": Audio: " in told:
        raise NoPicture
    if not length or not picture:
        raise NotAFilm
    hours, minutes, seconds, hundredths = map(int, length.groups())
    width, height = int(picture[2]), int(picture[3])
    if re.search(r"rotation of -?(?:90|270)(?:\.0+)? degrees", told):
        width, height = height, width
    return Film(
        milliseconds=((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10,
        width=width,
        height=height,
        codec=picture[1],
        has_sound=": Audio: " in told,
    )


def content_type(key: str) -> str:
    return TYPES.get(Path(key).suffix.lower(), "application/octet-stream")


def signed_url(key: str, *, user_id: int | None, at: dt.datetime) -> str:
    """The address under which this reader (None: anybody) may fetch the file until `at` + LASTS."""
    payload = {"k": key, "u": user_id, "e": int((at + LASTS).timestamp())}
    token = signing.dumps(payload, key=settings.LINK_KEY, salt=_SALT, compress=True)
    return reverse("courses:media", args=[token])


def relisted(text: str, key: str, link: Callable[[str], str]) -> str:
    """An HLS list with the address `link(key)` in place of each name in it. A name that leaves the list's folder stays out."""
    folder = key.rpartition("/")[0]
    known: dict[str, str] = {}

    def signed(name: str) -> str:
        if not _PLAIN_NAME.fullmatch(name):
            raise signing.BadSignature
        return known.setdefault(name, known.get(name) or link(f"{folder}/{name}"))

    rows = []
    for row in text.splitlines():
        named = _URI.sub(lambda found: f'URI="{signed(found[1])}"', row)
        rows.append(named if not row.strip() or row.startswith("#") else signed(row.strip()))
    return "\n".join([*rows, ""])


def opened(token: str, *, user_id: int | None, at: dt.datetime) -> str:
    """The key behind a signed address. Raises signing.BadSignature, LinkOver."""
    payload = signing.loads(token, key=settings.LINK_KEY, salt=_SALT)
    if payload["u"] is not None and payload["u"] != user_id:
        raise signing.BadSignature
    if payload["e"] < at.timestamp():
        raise LinkOver
    return payload["k"]
