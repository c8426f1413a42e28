"""The log of sign-ins: who, when, on which device and in which network, as keyed digests that nobody can turn back.

It is kept for settings.SIGN_INS_KEPT and serves to see that one device or connection does the learning of many.
"""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterable
from typing import Final, NamedTuple

from django.conf import settings
from django.http import HttpRequest

from portal import crypto, limits
from portal.accounts.models import SignIn, User

NEW_DEVICE: Final = "_device_told"
"""The attribute of a request by which the middleware learns the cookie to set."""
MOST_AT_ONCE: Final = 5_000
_TOKEN: Final = re.compile(r"[0-9a-f]{64}")
_DOOR: Final = 32


def door_of(web_session: str) -> str:
    """By what a sign-in is known again; the key of the session itself is not kept."""
    return hashlib.sha256(web_session.encode()).hexdigest()[:_DOOR]


def note(request: HttpRequest, user: User, *, at: dt.datetime) -> SignIn:
    """Keep that `user` signed in by this request, whose session is new. Neither address nor cookie is kept as it came."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not _TOKEN.fullmatch(token):
        token = secrets.token_hex(32)
    setattr(request, NEW_DEVICE, token)
    if not request.session.session_key:
        request.session.save()
    _address, network = limits.network_of(request, v6=48)
    row, _new = SignIn.objects.get_or_create(
        door=door_of(request.session.session_key),
        defaults={
            "user": user,
            "province_id": user.province_id,
            "at": at,
            "device_index": crypto.blind_index(token, purpose="device"),
            "network_index": crypto.blind_index(network, purpose="network"),
        },
    )
    return row


def forget_some(*, at: dt.datetime) -> int:
    """Delete the oldest that are over their time, MOST_AT_ONCE at most. Gives how many."""
    due = SignIn.objects.filter(at__lt=at - settings.SIGN_INS_KEPT).order_by("at")
    return SignIn.objects.filter(pk__in=list(due.values_list("pk", flat=True)[:MOST_AT_ONCE])).delete()[0]


class Used(NamedTuple):
    """A device or a network, who signed in there since a moment and by which doors; `first` is the id of the oldest sign-in."""

    first: int
    users: tuple[int, ...]
    doors: tuple[str, ...]


def devices_of(user_ids: Iterable[int], *, since: dt.datetime, fewest: int) -> list[Used]:
    """Devices on which one of these people and, with them, `fewest` people at least signed in. Two statements."""
    return _shared("device_index", user_ids, since=since, fewest=fewest)


def networks_of(user_ids: Iterable[int], *, since: dt.datetime, fewest: int) -> list[Used]:
    """As `devices_of`, of networks. Those of more than MOST_AT_ONCE people are a carrier's or a city's, and left out."""
    found = _shared("network_index", user_ids, since=since, fewest=fewest)
    return [used for used in found if len(used.users) <= MOST_AT_ONCE]


def _shared(index: str, user_ids: Iterable[int], *, since: dt.datetime, fewest: int) -> list[Used]:
    later = SignIn.objects.filter(at__gte=since).order_by("pk")
    own = {bytes(one) for one in later.filter(user_id__in=list(user_ids)).values_list(index, flat=True)}
    found: dict[bytes, tuple[int, set[int], list[str]]] = {}
    for pk, digest, user, door in later.filter(**{f"{index}__in": own}).values_list(
        "pk", index, "user_id", "door"
    ):
        _first, users, doors = found.setdefault(bytes(digest), (pk, set(), []))
        users.add(user)
        doors.append(door)
    return [
        Used(first, tuple(sorted(users)), tuple(doors))
        for first, users, doors in found.values()
        if len(users) >= fewest
    ]


def first_uses(user_ids: Iterable[int]) -> dict[int, list[tuple[dt.datetime, bool]]]:
    """By person, the oldest first: when they signed in, and whether on a device they had not used before."""
    found: dict[int, list[tuple[dt.datetime, bool]]] = {}
    seen: set[tuple[int, bytes]] = set()
    rows = SignIn.objects.filter(user_id__in=list(user_ids)).order_by("at", "pk")
    for user, at, device in rows.values_list("user_id", "at", "device_index"):
        found.setdefault(user, []).append((at, (user, bytes(device)) not in seen))
        seen.add((user, bytes(device)))
    return found
