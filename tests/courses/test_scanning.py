"""The virus-scan port: clamd's own protocol against a small clamd of ours, over TCP and over a socket file."""

import socket
import struct
import threading
from io import BytesIO

import pytest

from courses import scanning


class Clamd(threading.Thread):
    """Takes one INSTREAM and gives a set answer."""

    def __init__(self, listener, answer):
        super().__init__(daemon=True)
        self.listener, self.answer, self.heard = listener, answer, b""
        self.start()

    def run(self):
        line, _whence = self.listener.accept()
        with line, line.makefile("rb") as words:
            assert words.read(10) == b"zINSTREAM\0"
            while size := struct.unpack("!L", words.read(4))[0]:
                self.heard += words.read(size)
            line.sendall(self.answer)


@pytest.fixture
def clamd(settings):
    started = []

    def listen(answer):
        listener = socket.create_server(("127.0.0.1", 0))
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        started.append((listener, Clamd(listener, answer)))
        return started[-1][1]

    yield listen
    for listener, thread in started:
        thread.join(timeout=10)
        listener.close()


def test_clean(clamd):
    server = clamd(b"stream: OK\0")
    content = b"film" * 200_000
    assert scanning.ClamAV()(BytesIO(content)) == ""
    server.join(timeout=10)
    assert server.heard == content


def test_found(clamd):
    clamd(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")
    assert scanning.ClamAV()(BytesIO(b"x")) == "Win.Test.EICAR_HDB-1"


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: what\0"])
def test_what_is_not_an_answer_is_never_clean(clamd, answer):
    clamd(answer)
    with pytest.raises(scanning.ScannerSilent):
        scanning.ClamAV()(BytesIO(b"x"))


def test_a_socket_file_and_nobody_there(settings, tmp_path):
    settings.CLAMAV_URL = f"unix://{tmp_path}/clamd.ctl"
    with pytest.raises(scanning.ScannerSilent):
        scanning.ClamAV()(BytesIO(b"x"))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{tmp_path}/clamd.ctl")
    listener.listen()
    server = Clamd(listener, b"stream: OK\0")
    assert scanning.ClamAV()(BytesIO(b"x")) == ""
    server.join(timeout=10)
    listener.close()
