"""What a person was told, and what they chose."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise

from portal.accounts.models import User
from portal.notices.kinds import KINDS, Channel, Kind
from portal.notices.models import Choice, Mailbox, Notice
from portal.prepared import Prepared

MOST_COUNTED = 99
"""The bell says no more than this: a count that reads a handful of rows of an index."""
_UNREAD = Prepared(
    "unread",
    "bigint, integer",
    "SELECT count(*) FROM (SELECT FROM notices_notice WHERE user_id = $1 AND read_at IS NULL LIMIT $2) AS found",
)


def notices_visible_to(user: User) -> QuerySet[Notice]:
    """A person's own, the newest first. Nobody reads those of another."""
    return Notice.objects.filter(user_id=user.pk)


def unread(user: User) -> int:
    """Up to MOST_COUNTED + 1."""
    return _UNREAD.run([user.pk, MOST_COUNTED + 1]).rows[0][0]


def mailbox_of(user: User) -> Mailbox | None:
    return Mailbox.objects.filter(user_id=user.pk).first()


def wanted_channels(user: User, kind: str) -> frozenset[Channel]:
    """By which channels this person gets this kind, if there is a phone number or a mailbox."""
    return channels_wanted([(user.pk, kind)])[user.pk, kind]


def channels_wanted(asked: Iterable[tuple[int, str]]) -> dict[tuple[int, str], frozenset[Channel]]:
    """By user id and kind, as `wanted_channels` for each: one statement for all."""
    chosen: dict[tuple[int, str], dict[str, bool]] = {pair: {} for pair in asked}
    users, kinds = {user for user, _kind in chosen}, {kind for _user, kind in chosen}
    rows = Choice.objects.filter(user_id__in=users, kind__in=kinds).order_by()
    for user, kind, channel, wanted in rows.values_list("user_id", "kind", "channel", "wanted"):
        if (user, kind) in chosen:
            chosen[user, kind][channel] = wanted
    return {(user, kind): _wanted(KINDS[kind], said) for (user, kind), said in chosen.items()}


def verified_mailboxes(user_ids: Iterable[int]) -> set[int]:
    """Those of these people who have confirmed their address."""
    rows = Mailbox.objects.filter(user_id__in=user_ids, verified_at__isnull=False)
    return set(rows.values_list("user_id", flat=True))


def _wanted(kind: Kind, chosen: dict[str, bool]) -> frozenset[Channel]:
    return frozenset(
        channel
        for channel in Channel
        if channel in kind.bound or chosen.get(channel.value, channel in kind.by_default)
    )


@dataclass(frozen=True)
class Wish:
    """One cell of the table of choices. `bound`: it cannot be switched off."""

    name: str
    channel: Channel
    wanted: bool
    bound: bool


@dataclass(frozen=True)
class Wishes:
    """A line of the table of choices."""

    code: str
    title: str | Promise
    cells: tuple[Wish, ...]


def wishes_of(user: User) -> list[Wishes]:
    """Every kind with every channel as it holds now, in one statement."""
    chosen: dict[str, dict[str, bool]] = {}
    for code, channel, wanted in Choice.objects.filter(user_id=user.pk).values_list(
        "kind", "channel", "wanted"
    ):
        chosen.setdefault(code, {})[channel] = wanted
    return [
        Wishes(
            code,
            kind.title,
            tuple(
                Wish(f"{code}:{channel}", channel, channel in wanted, channel in kind.bound)
                for channel in Channel
            ),
        )
        for code, kind in KINDS.items()
        for wanted in [_wanted(kind, chosen.get(code, {}))]
    ]
