"""Posting a signed message to an address that a stranger named.

The signature is that of the Standard Webhooks specification 1.0: HMAC-SHA-256 over `id.timestamp.body`, base64, one
`v1,…` for each secret that is valid. The name is looked up once, every address it has must be a public one, and the
socket goes to that very address, so that a name which changes its mind in between leads nowhere. Redirects are answers like
any other, proxies of the environment are not asked, and one deadline ends the whole exchange, however slowly it drips.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import secrets
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from urllib3 import exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection

SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark before a secret, no secret
SOCKET_SECONDS, ALL_SECONDS = 5.0, 15.0
MOST_ANSWER = 4_096
"""Bytes of an answer that are read; the rest is never asked for."""
_PORTS = {"http": 80, "https": 443}


PROBLEMS: dict[str, str | Promise] = {
    "not_an_address": _("This is not an address."),
    "not_https": _("The address must begin with https://."),
    "has_password": _("The address must not hold a name or a password."),
    "has_fragment": _("The address must not have a part after #."),
    "private": _("The address leads into a private network."),
    "unknown_host": _("The name of the host is not known."),
    "tls": _("The certificate of the host is not trusted."),
    "late": _("No answer came in time."),
    "refused": _("The connection was refused."),
    "broken": _("The connection broke off."),
    "status": _("It answered with an error."),
    "gone": _("It answered 410: gone."),
    "removed": _("The address was removed."),
    "lost": _("Every worker that tried it was lost."),
}
"""Why a message was not delivered, for the owner of the address."""


class Unfit(Exception):  # noqa: N818 - it says what the address is
    """The address may not be posted to; `code` is one of PROBLEMS."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Unreached(Unfit):
    """No whole answer came."""


@dataclass(frozen=True)
class Answer:
    status: int
    text: str

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - the successful ones


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.digest(base64.b64decode(secret.removeprefix(SECRET_PREFIX)), signed, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


def signed_headers(live: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Zhixun-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message_id, timestamp, body) for secret in live),
    }


def body_of(payload: dict[str, object]) -> bytes:
    """The same bytes for the same payload, so that a resent message is the same message."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def check_address(url: str) -> tuple[str, str, int, str]:
    """(scheme, host, port, path with query) of an address that may be entered. Raises Unfit. Asks no name server."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Unfit("not_an_address") from None
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        raise Unfit("not_an_address")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOKS_TO_PRIVATE_ADDRESSES):
        raise Unfit("not_https")
    if parts.username is not None or parts.password is not None:
        raise Unfit("has_password")
    if parts.fragment:
        raise Unfit("has_fragment")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or _PORTS[parts.scheme], path


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (inner is None or inner.is_global)


def resolved(host: str, port: int) -> str:
    """The IP address to post to. Raises Unfit where any address of the name is not public, Unreached where it has none."""
    try:
        found = {row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise Unreached("unknown_host") from None
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and not all(map(_is_public, found)):
        raise Unfit("private")
    return min(found, key=lambda address: (":" in address, address))


@contextmanager
def _until_deadline(line: HTTPConnection) -> Iterator[None]:
    """Shuts the socket when the time for the whole exchange is up. Raises Unreached then: what was read is cut off."""
    late = threading.Event()

    def shut() -> None:
        late.set()
        if line.sock is not None:
            line.sock.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(ALL_SECONDS, shut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        line.close()
        if late.is_set():
            raise Unreached("late")


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Raises Unfit before anything is sent, Unreached when no whole answer came."""
    scheme, host, port, path = check_address(url)
    address = resolved(host, port)
    if scheme == "https":
        line: HTTPConnection = HTTPSConnection(
            address,
            port,
            timeout=SOCKET_SECONDS,
            server_hostname=host,
            assert_hostname=host,
            ssl_context=ssl.create_default_context(),
        )
    else:
        line = HTTPConnection(address, port, timeout=SOCKET_SECONDS)
    shown = f"[{host}]" if ":" in host else host
    named = {**headers, "Host": shown if port == _PORTS[scheme] else f"{shown}:{port}"}
    try:
        with _until_deadline(line):
            line.request("POST", path, body=body, headers=named, preload_content=False)
            answer = line.getresponse()
            text = answer.read(MOST_ANSWER).decode("utf-8", "replace")
            return Answer(answer.status, text)
    except (exceptions.HTTPError, OSError, ValueError) as trouble:
        raise Unreached(_told(trouble)) from trouble


def _told(trouble: Exception) -> str:
    if isinstance(trouble, ssl.SSLError | exceptions.SSLError):
        return "tls"
    if isinstance(trouble, exceptions.NewConnectionError | ConnectionRefusedError):
        return "refused"
    if isinstance(trouble, TimeoutError | exceptions.TimeoutError):
        return "late"
    return "broken"
