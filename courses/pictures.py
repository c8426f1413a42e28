"""Pictures of questions, of learners' as of exams': read, made anew without what a camera wrote into them, and stored by their content.

The name is a digest of the picture, so copies of a question share one file, and nobody can guess a name.
"""

import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from courses.media import ffmpeg
from portal.rules import RuleBroken

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
WIDTH = 1600
_SECONDS = 30
_MARK = 0xFF
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


class NotAPicture(RuleBroken):
    code = "not_a_picture"
    message = _("This file cannot be read as a picture. Take a JPEG or PNG of at most 10 MB.")


def size_of(content: bytes) -> tuple[int, int]:
    """Width and height as the head of the file says. Raises NotAPicture."""
    if content.startswith(_PNG) and content[12:16] == b"IHDR":
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    place = 2
    while content.startswith(_JPEG) and place + 9 <= len(content) and content[place] == _MARK:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4], "big")
        if marker in _FRAMES:
            return (
                int.from_bytes(content[place + 7 : place + 9], "big"),
                int.from_bytes(content[place + 5 : place + 7], "big"),
            )
        place += 2 + length
    raise NotAPicture


def keep_picture(file: BinaryIO) -> str:
    """Store a picture; the same one twice has one key. Raises NotAPicture."""
    made, ending = made_anew(file.read(MOST_BYTES + 1))
    key = f"questions/{sha256(made).hexdigest()[:32]}.{ending}"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(made))
    return key


def made_anew(content: bytes) -> tuple[bytes, str]:
    """The picture upright and at most WIDTH wide, without place, camera and whatever else the file held; and its ending.

    Raises NotAPicture.
    """
    if len(content) > MOST_BYTES:
        raise NotAPicture
    width, height = size_of(content)
    if not 0 < width * height <= MOST_PIXELS:
        raise NotAPicture
    ending = "png" if content.startswith(_PNG) else "jpg"
    with tempfile.TemporaryDirectory() as folder:
        came, made = Path(folder) / "came", Path(folder) / f"made.{ending}"
        came.write_bytes(content)
        try:
            subprocess.run(_command(came, made), capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603 - our own program on our own paths
        except subprocess.SubprocessError as trouble:
            raise NotAPicture from trouble
        if not made.exists():
            raise NotAPicture
        return made.read_bytes(), ending


def _command(came: Path, made: Path) -> list[str]:
    return [
        *(ffmpeg(), "-y", "-hide_banner", "-nostdin", "-loglevel", "error", "-protocol_whitelist", "file"),
        *("-f", "png_pipe" if made.suffix == ".png" else "jpeg_pipe", "-i", f"file:{came}"),
        *("-map_metadata", "-1", "-fflags", "+bitexact", "-frames:v", "1", "-q:v", "3"),
        *("-vf", f"scale='min({WIDTH},iw)':-2", f"file:{made}"),
    ]
