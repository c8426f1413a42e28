"""Pictures of questions: what is no picture, what is too large, and what a camera or somebody else hid in one."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage

from courses import pictures
from courses.media import ffmpeg
from tests.learners.kinds import png


def stored(content):
    key = pictures.keep_picture(io.BytesIO(content))
    with default_storage.open(key) as file:
        return key, file.read()


def bomb(width, height):
    """A head that promises far more than it holds."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


def jpeg(tmp_path):
    import subprocess

    path = tmp_path / "a.jpg"
    command = [
        ffmpeg(),
        "-loglevel",
        "error",
        "-f",
        "lavfi",
        "-i",
        "color=red:size=64x48",
        "-frames:v",
        "1",
        str(path),
    ]
    subprocess.run(command, check=True)
    return path.read_bytes()


def with_exif(content, words):
    """As a camera writes it: an APP1 segment behind the first mark."""
    body = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08" + words
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + content[2:]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture \xf0\xa0\xae\xb7",
        b"GIF89a" + bytes(40),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        png()[:60],
        bomb(100_000, 100_000),
        bomb(0, 5),
        bomb(10, 10),
        png() + bytes(pictures.MOST_BYTES),
    ],
    ids=["empty", "text", "gif", "svg", "head", "mark", "cut", "bomb", "flat", "hollow", "heavy"],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(pictures.NotAPicture):
        pictures.keep_picture(io.BytesIO(content))


def test_what_hides_behind_a_picture_is_left_behind():
    key, kept = stored(png() + b"PK\x03\x04<script>alert(1)</script>")
    assert key.endswith(".png")
    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept
    assert pictures.size_of(kept) == (64, 48)


def test_what_a_camera_wrote_is_gone(tmp_path):
    content = with_exif(jpeg(tmp_path), b"GPS 26.6470 106.6302 NIKON")
    assert b"NIKON" in content
    key, kept = stored(content)
    assert key.endswith(".jpg")
    for told in (b"Exif", b"NIKON", b"106.6302"):
        assert told not in kept
    assert pictures.size_of(kept) == (64, 48)


def test_a_picture_from_a_turned_phone_stands_upright(tmp_path):
    turned = struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    _key, kept = stored(with_exif(jpeg(tmp_path), turned))
    assert pictures.size_of(kept) == (48, 64)


def test_a_wide_picture_becomes_narrower_and_the_same_one_is_stored_once():
    key, kept = stored(png(2000, 100))
    assert pictures.size_of(kept) == (1600, 80)
    assert stored(png(2000, 100))[0] == key
    assert stored(png(2000, 200))[0] != key
