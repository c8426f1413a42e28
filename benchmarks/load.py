"""A closed-loop load on loopback: some keep-alive connections, each sends its next request when the last is answered.

Raw sockets and asyncio, because a generator that parses less leaves more of the two cores to what is measured.
"""

import asyncio
import time
from collections.abc import Callable

from benchmarks.rounds import Figures

CONNECTIONS = 8
SITE = "http://127.0.0.1"


class Unexpected(Exception):  # noqa: N818 - it says what the answer was
    """An answer with another status than 200: a figure over errors is no figure."""


class Conversation:
    """What one connection says: `next_request(last_body)` gives the bytes to send; the first time the body is empty."""

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


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    if b"content-length:" in lower:
        length = int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        return status, await reader.readexactly(length)
    if b"transfer-encoding: chunked" in lower:
        body = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readexactly(2)
        return status, body
    return status, b""


async def _talk(port: int, conversation: Conversation, until: float, figures: Figures) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    body = b""
    try:
        while not body or time.perf_counter() < until:  # one at the least
            request = conversation.next_request(body)
            begin = time.perf_counter()
            writer.write(request)
            status, body = await _answer(reader)
            figures.add((time.perf_counter() - begin) * 1000)
            if status != 200:  # noqa: PLR2004 - OK
                raise Unexpected(f"status {status}: {body[:300]!r} for {request[:200]!r}")
        conversation.heard(body)
    finally:
        writer.close()


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
