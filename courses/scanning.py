"""The virus-scan port. Each adapter is a callable `(file)` on an open binary file: "" for clean, else the finding's name.

It raises ScannerSilent when it cannot tell; a film is never taken for clean because nobody looked.
"""

import logging
import socket
import struct
import time
from functools import cache
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)
_PIECE = 256 * 1024
_SECONDS = 60
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class ScannerSilent(Exception):  # noqa: N818 - no rule is broken: the film waits
    """The scanner does not answer, or refuses to say."""


class ClamAV:
    """A clamd, by its INSTREAM command, at CLAMAV_URL: `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`.

    clamd's StreamMaxLength must be at least FILM_MOST_BYTES, else it refuses large films and they wait.
    """

    def _open(self) -> socket.socket:
        where = urlsplit(settings.CLAMAV_URL)
        if where.scheme == "unix":
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(_SECONDS)
            try:
                line.connect(where.path)
            except OSError:
                line.close()
                raise
            return line
        return socket.create_connection((where.hostname, where.port or 3310), timeout=_SECONDS)

    def __call__(self, file: BinaryIO) -> str:
        try:
            with self._open() as line:
                line.sendall(b"zINSTREAM\0")
                while piece := file.read(_PIECE):
                    line.sendall(struct.pack("!L", len(piece)) + piece)
                line.sendall(struct.pack("!L", 0))
                answer = b""
                while not answer.endswith(b"\0") and (piece := line.recv(4096)):
                    answer += piece
        except OSError as silent:
            raise ScannerSilent(type(silent).__name__) from silent
        return self._understood(answer.rstrip(b"\0\n").decode("utf-8", "replace"))

    def _understood(self, answer: str) -> str:
        """`stream: OK`, `stream: Some.Name FOUND`; anything else says that it did not look."""
        if answer == "stream: OK":
            return ""
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise ScannerSilent(answer[:100] or "no answer")


class Recorder:
    """For the demo and the tests: finds the harmless EICAR test file, and fails or delays when told to."""

    fails, delay = False, 0.0
    looked_at = 0

    def __call__(self, file: BinaryIO) -> str:
        time.sleep(Recorder.delay)
        if Recorder.fails:
            raise ScannerSilent("told to fail")
        Recorder.looked_at += 1
        return "Eicar-Test-Signature" if EICAR in file.read(4096) else ""


@cache
def _adapter(path: str) -> object:
    return import_string(path)()


def scan(file: BinaryIO) -> str:
    """The name of what was found, "" for clean. Raises ScannerSilent."""
    return _adapter(settings.SCAN_PORT)(file)
