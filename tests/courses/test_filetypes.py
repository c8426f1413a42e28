import pytest

from courses.filetypes import kind_of
from tests.courses import footage


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", "empty"),
        (b"\x00\x00\x00\x18ftypisom", "film"),
        (b"\x00\x00\x00\x18ftypqt  ", "film"),
        (b"\x00\x00\x00\x18ftypheic", "picture"),
        (b"\x00\x00\x00\x18ftypM4A ", "sound"),
        (b"\x00\x00\x00\x08wide\x00\x00", "film"),
        (b"\x1a\x45\xdf\xa3", "film"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "film"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "sound"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "picture"),
        ((b"\x47" + b"\x00" * 187) * 5, "film"),
        (b"\xef\xbb\xbf  <!DOCTYPE HTML>", "page"),
        (b"<svg xmlns=", "page"),
        (b"\x7fELF", "program"),
        (b"abc", "unknown"),
    ],
)
def test_by_its_first_bytes(head, kind):
    assert kind_of(head) == kind


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "avi", "ts", "flv"])
def test_what_cameras_and_programs_write_is_a_film(suffix):
    assert kind_of(footage.film(seconds=1, sound=False, suffix=suffix)) == "film"
