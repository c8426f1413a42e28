"""A closed-loop load on loopback: some keep-alive connections, each sends its next request when the last is answered.

Raw sockets and asyncio, because a generator that parses less leaves more of the two cores to what is measured.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus

from benchmarks.rounds import Figures

CONNECTIONS = 8
SITE = "http://127.0.0.1"
ANSWERED = (HTTPStatus.OK, HTTPStatus.FOUND)


class Unexpected(Exception):  # noqa: N818 - it says what the answer was
    """An answer that is neither a page nor a redirect: a figure over errors is no figure."""


class Conversation:
    """What one connection says: `next_request(last_body)` gives the bytes to send; the first time the body is empty.

    Of a redirect, where it leads takes the place of the body. Nothing to send ends the conversation.
    """

    def next_request(self, last: bytes) -> bytes:
        raise NotImplementedError

    def heard(self, last: bytes) -> None:
        """The last answer of the round, which no request follows."""


class Repeats(Conversation):
    """The same few requests in turn, each connection from another place in the list."""

    def __init__(self, requests: list[bytes], start: int = 0) -> None:
        self.requests, self.at = requests, start

    def next_request(self, last: bytes) -> bytes:
        self.at += 1
        return self.requests[self.at % len(self.requests)]


class _Talk(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends the next; `done` is set when its time is over."""

    def __init__(self, conversation: Conversation, until: float, figures: Figures) -> None:
        self.conversation, self.until, self.figures = conversation, until, figures
        self.done = asyncio.get_running_loop().create_future()
        self.heard = b""
        self.begin = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self._send(b"")

    def _send(self, last: bytes) -> None:
        self.request = self.conversation.next_request(last)
        if not self.request:
            self._end(None)
            return
        self.begin = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        found = _whole(self.heard)
        if found is None:
            return
        status, body, self.heard = found
        self.figures.add((time.perf_counter() - self.begin) * 1000)
        if status not in ANSWERED:
            self._end(Unexpected(f"status {status}: {body[:300]!r} for {self.request[:200]!r}"))
        elif time.perf_counter() < self.until:
            self._send(body)
        else:
            self.conversation.heard(body)
            self._end(None)

    def connection_lost(self, failed: Exception | None) -> None:
        self._end(failed or Unexpected("the server hung up"))

    def _end(self, failed: Exception | None) -> None:
        if not self.done.done():
            if failed:
                self.done.set_exception(failed)
            else:
                self.done.set_result(None)
        self.transport.close()


def _whole(heard: bytes) -> tuple[int, bytes, bytes] | None:
    """Status, body and what follows of the first answer; None while it is not all there."""
    end = heard.find(b"\r\n\r\n")
    if end < 0:
        return None
    head, rest = heard[:end].lower() + b"\r\n", heard[end + 4 :]
    status = int(head[9:12])
    if (length := head.find(b"content-length:")) >= 0:
        wanted = int(head[length + 15 : head.index(b"\r\n", length)])
        body = _place(heard[:end]) if status == HTTPStatus.FOUND else rest[:wanted]
        return (status, body, rest[wanted:]) if len(rest) >= wanted else None
    if b"transfer-encoding: chunked" not in head:
        return status, b"", rest
    body = b""
    while (line := rest.find(b"\r\n")) >= 0:
        size = int(rest[:line], 16)
        if len(rest) < line + size + 4:
            return None
        body += rest[line + 2 : line + 2 + size]
        rest = rest[line + size + 4 :]
        if not size:
            return status, body, rest
    return None


def _place(head: bytes) -> bytes:
    return next(
        line.split(b":", 1)[1].strip() for line in head.splitlines() if line[:9].lower() == b"location:"
    )


async def _talk(port: int, conversation: Conversation, until: float, figures: Figures) -> None:
    loop = asyncio.get_running_loop()
    _transport, talk = await loop.create_connection(
        lambda: _Talk(conversation, until, figures), "127.0.0.1", port
    )
    await talk.done


def run(
    port: int, talker: Callable[[int], Conversation], *, seconds: float, connections: int = CONNECTIONS
) -> Figures:
    """Load `port` for some seconds; `talker(n)` is what the n-th connection says. Raises Unexpected."""

    async def all_of_them() -> Figures:
        figures, begin = Figures(), time.perf_counter()
        talks = [_talk(port, talker(n), begin + seconds, figures) for n in range(connections)]
        await asyncio.gather(*talks)
        figures.seconds = time.perf_counter() - begin
        return figures

    return asyncio.run(all_of_them())


def pages(port: int, paths: list[str], *, cookie: str = "") -> Callable[[float], Figures]:
    """A contender that asks for these pages in turn."""
    requests = [get(path, cookie=cookie) for path in paths]
    apart = max(1, len(requests) // CONNECTIONS)
    return lambda seconds: run(port, lambda n: Repeats(requests, n * apart), seconds=seconds)


def get(path: str, *, cookie: str = "") -> bytes:
    more = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: identity\r\n{more}\r\n".encode()


def post(path: str, body: bytes, *, cookie: str, csrf: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nX-CSRFToken: {csrf}\r\n"
        f"Origin: {SITE}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
