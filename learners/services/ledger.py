"""Writing the ledger of learning time: one learner at a time, each row chained to the one before.

The rule has decided already; here only the two things are looked at that one session cannot know: whether another
kind of learning took the same minutes, and how full the day is over all courses.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models.functions import Upper

from learners import ranges
from learners.counting import DAY, day_end
from learners.fitting import day_of, fitted
from learners.models import LedgerHead, LedgerRow
from learners.models.time import Mine
from learners.ranges import Ranges
from learners.states import Post
from portal import chain, clock
from portal.accounts.models import User


@dataclass(frozen=True)
class Decision:
    """Why rows stand in the ledger that no rule wrote: what they are about, and the people who answer for them."""

    about: LedgerRow
    by: User
    why: str
    second: User | None = None


@transaction.atomic
def post(
    mine: Mine,
    posts: Iterable[Post],
    *,
    kind: str,
    edition_id: int,
    daily_cap: int,
    at: dt.datetime,
    session_id: object = None,
    decision: Decision | None = None,
) -> Ranges:
    """Append rows for `mine` (whose user, province, enrolment and lesson they carry). Gives the media that was credited.

    With a `decision` only what fits is written: what does not fit is refused in a row already. Locks the learner's
    chain until the commit.
    """
    posts = tuple(posts)
    if not posts:
        return ()
    head = _locked_head(mine)
    final = _fitted(mine.user_id, posts, daily_cap)
    if decision:
        final = [entry for entry in final if not entry.reason]
    facts = {"kind": kind, "edition_id": edition_id, "session_id": session_id, "at": at}
    rows = [(entry, LedgerRow.Entry.REFUSED if entry.reason else LedgerRow.Entry.CREDIT) for entry in final]
    _append(head, mine, rows, decision, **facts)
    return ranges.merged(piece for entry in final if not entry.reason for piece in entry.media)


@transaction.atomic
def take(mine: Mine, entry: Post, decision: Decision, *, at: dt.datetime) -> None:
    """Append the row that takes back `entry` of the credit that the decision is about."""
    credit = decision.about
    facts = {"kind": credit.kind, "edition_id": credit.edition_id, "session_id": credit.session_id, "at": at}
    _append(_locked_head(mine), mine, [(entry, LedgerRow.Entry.TAKEN)], decision, **facts)


def _append(
    head: LedgerHead,
    mine: Mine,
    entries: Iterable[tuple[Post, str]],
    decision: Decision | None,
    **facts: object,
) -> None:
    rows = []
    for entry, written_as in entries:
        row = LedgerRow(
            about=decision and decision.about,
            by=decision and decision.by,
            second=decision and decision.second,
            why=decision.why if decision else "",
            user_id=mine.user_id,
            province_id=mine.province_id,
            enrolment_id=mine.enrolment_id,
            lesson_id=mine.lesson_id,
            entry=written_as,
            wall=_wall(entry),
            media=[list(piece) for piece in entry.media],
            ms=entry.credit,
            reason=entry.reason,
            place=head.length + 1,
            previous=bytes(head.digest),
            **facts,
        )
        row.digest = chain.digest(row.previous, row.payload())
        head.digest, head.length = row.digest, row.place
        rows.append(row)
    LedgerRow.objects.bulk_create(rows)
    head.save(update_fields=["digest", "length"])


def fitting(user_id: int, posts: Iterable[Post], daily_cap: int) -> list[Post]:
    """What of these credits would be written now."""
    return [entry for entry in _fitted(user_id, posts, daily_cap) if not entry.reason]


def _fitted(user_id: int, posts: Iterable[Post], daily_cap: int) -> list[Post]:
    return fitted(posts, lambda start, end: _taken(user_id, start, end), daily_cap)


def _locked_head(mine: Mine) -> LedgerHead:
    locked = LedgerHead.objects.select_for_update()
    head = locked.filter(user_id=mine.user_id).first()
    if head is None:
        start = {"digest": chain.START, "province_id": mine.province_id}
        LedgerHead.objects.get_or_create(user_id=mine.user_id, defaults=start)
        head = locked.get(user_id=mine.user_id)
    return head


def _wall(entry: Post) -> DateTimeTZRange:
    return DateTimeTZRange(
        clock.moment(entry.wall_from), clock.moment(max(entry.wall_to, entry.wall_from + 1))
    )


def _taken(user_id: int, start: int, end: int) -> tuple[list[tuple[int, int]], dict[int, int]]:
    """Wall ranges credited before, and ms credited per Shanghai day, on the whole days from `start` to `end`."""
    first_day = day_end(start) - DAY
    rows = (
        LedgerRow.objects.filter(user_id=user_id, entry=LedgerRow.Entry.CREDIT)
        .filter(wall__overlap=(clock.moment(first_day), clock.moment(day_end(end - 1))))
        .annotate(until=Upper("wall"))
        .values_list("wall", "ms")
    )
    taken, used = [], defaultdict(int)
    for wall, ms in rows:
        lower, upper = clock.milliseconds(wall.lower), clock.milliseconds(wall.upper)
        taken.append((lower, upper))
        used[day_of(upper)] += ms
    return taken, used


def credited_wall(user_id: int, start: int, end: int) -> Ranges:
    """Wall ranges of the learner that are credited already; ms since the epoch."""
    return ranges.merged(_taken(user_id, start, end)[0])
