"""A brake on asking: the codes are 130 random bits, so it only keeps a script from being a burden.

Each process counts for itself and in memory. A count in the database would cost twelve statements where the answer costs
one, and nobody should wait for a cache in order to check a certificate. With four processes a minute holds up to four
times as much, which is still nothing to guess by.
"""

import ipaddress
import threading
import time
from collections import Counter
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

A_MINUTE = 60
"""Questions of one address in one minute. A whole office may share an address."""

OF_A_NETWORK = 600
"""Questions in one minute of all addresses that share a /24 (IPv4) or a /64 (IPv6): whoever has one, has all of them."""

FILES = 10
"""Files of one address in one minute."""

FILES_OF_A_NETWORK = 100
WORDS = 3
"""Things of which somebody unknown tells us, from one address in one minute."""

WORDS_OF_A_NETWORK = 30
MOST_KEPT = 100_000
"""Addresses that are counted at once, some ten megabytes. When there are more, counting begins anew."""

_SECONDS = 60
_lock = threading.Lock()
_counts: Counter[str] = Counter()
_minute = 0


@dataclass(frozen=True)
class Turn:
    """`left` questions in this minute, which ends in `seconds`."""

    most: int
    left: int
    seconds: int

    @property
    def refused(self) -> bool:
        return self.left < 0

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers had them up to its sixth version, which is what clients read."""
        told = {
            "RateLimit-Limit": str(self.most),
            "RateLimit-Remaining": str(max(0, self.left)),
            "RateLimit-Reset": str(self.seconds),
        }
        return told | ({"Retry-After": str(self.seconds)} if self.refused else {})


def asked(request: HttpRequest) -> Turn:
    """Count a question about a code."""
    return _turn(request, "code", A_MINUTE, OF_A_NETWORK)


def sent(request: HttpRequest) -> Turn:
    """Count a file."""
    return _turn(request, "file", FILES, FILES_OF_A_NETWORK)


def told(request: HttpRequest) -> Turn:
    """Count something of which somebody unknown tells us."""
    return _turn(request, "words", WORDS, WORDS_OF_A_NETWORK)


def forget() -> None:
    with _lock:
        _counts.clear()


def _turn(request: HttpRequest, what: str, most: int, of_network: int) -> Turn:
    address, network = network_of(request, v6=64)
    now = time.time()
    with _lock:
        _begin(int(now // _SECONDS))
        one, all_of_it = f"{what} from {address}", f"{what} within {network}"
        _counts.update((one, all_of_it))
        left = min(most - _counts[one], of_network - _counts[all_of_it])
    return Turn(most, left, _SECONDS - int(now % _SECONDS))


def _begin(minute: int) -> None:
    global _minute  # noqa: PLW0603 - the minute that `_counts` is of
    if minute != _minute or len(_counts) > MOST_KEPT:
        _counts.clear()
    _minute = minute


def network_of(request: HttpRequest, *, v6: int) -> tuple[str, str]:
    """The address, and the network that it is of: a /24 (IPv4) or a /`v6` (IPv6)."""
    said = str(get_adapter().get_client_ip(request))
    try:
        address = ipaddress.ip_address(said.partition("%")[0])
    except ValueError:
        return said, said
    address = getattr(address, "ipv4_mapped", None) or address
    network = ipaddress.ip_network((address, 24 if address.version == 4 else v6), strict=False)  # noqa: PLR2004
    return str(address), str(network)
