"""A beat of a player: one row read, one row written, wherever the ledger has nothing to be told.

Nothing is locked on the way: `events` is the version of the session's row, and only who has read the last one writes. A beat
that brings rows for the ledger, one in some forty, takes the locks of services.settling.
"""

import datetime as dt
import json
from secrets import compare_digest
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from learners import counting, tape
from learners.models import PlaySession
from learners.selectors.editions import edition as edition_of
from learners.selectors.editions import rule_of
from learners.selectors.replies import Playing, reply_of
from learners.services import play, settling
from learners.states import Lesson, Rule, State, Step
from portal import clock
from portal.prepared import Prepared
from portal.rules import RuleBroken

_TRIES = 5


class OutOfOrder(RuleBroken):
    code = "beat_out_of_order"
    message = _("This message of the player does not follow the last one. Load the page again.")


class TooSoon(RuleBroken):
    code = "beat_too_soon"
    message = _("The player reports too often. Nothing was lost; it reports again in a moment.")


class SignedOut(RuleBroken):
    code = "signed_out"
    message = _("You are signed out. Sign in and open the lesson again; what has counted stays.")


class Told(NamedTuple):
    """A beat as the player tells it: `position` and `start` in ms of the film, `rate` in per cent of normal speed.

    `start` is where play went on after a jump. `nonce` was in the last reply and nowhere else: no other page can tell.
    """

    seq: int
    nonce: str
    position: int
    playing: bool
    visible: bool
    rate: int = tape.NORMAL_RATE
    start: int | None = None


def beat(session_id: object, told: Told, *, web_session: str, at: dt.datetime) -> dict[str, object]:
    """One beat; gives the reply, for a `seq` told before that of before. What is acknowledged is on disk.

    `web_session` is the key in the cookie: that of the sign-in under which the player was opened, and still good.
    Raises SignedOut, SessionOver, OutOfOrder, TooSoon (nothing changed), Http404.
    """
    for _turn in range(_TRIES):
        row = _read(session_id, web_session)
        if _was_told(row, told):
            return reply_of(row, State.from_json(row.now), at=at)
        step = _step(row, told, at)
        if step.posts or row.taped > settling.MOST_TAPE:
            return _settled(session_id, told, at=at)
        event, place = _event(row, told, at), settling.place_of(row)
        row = row._replace(
            seq=told.seq,
            nonce=play.nonce(),
            last=settling.last_of(step, place.after(event)),
        )
        if _write(row, step.state, tape.packed(event, place), last_nonce=told.nonce, at=at):
            return reply_of(row, step.state, at=at)
    raise OutOfOrder


def must_be_at_the_door(session_id: object, web_session: str) -> None:
    """Whoever may not know of the session hears that before anything else. Raises SignedOut, Http404."""
    _read(session_id, web_session)


def _was_told(session: Playing, told: Told) -> bool:
    """Whether this is the last beat once more; False for the next one. Raises SessionOver, OutOfOrder."""
    play.must_be_live(session)
    again = told.seq == session.seq and bool(session.last_nonce)
    wanted = session.last_nonce if again else session.nonce
    if told.seq != session.seq + (not again) or not compare_digest(told.nonce.encode(), wanted.encode()):
        raise OutOfOrder
    return again


def _step(session: Playing, told: Told, at: dt.datetime) -> Step:
    try:
        return counting.beat(
            rule_for(session),
            Lesson(length=session.length_ms, no_skip=session.no_skip, reading=session.reading),
            State.from_json(session.now),
            at=clock.milliseconds(at),
            position=told.position,
            playing=told.playing,
            visible=told.visible,
            start=told.start,
        )
    except counting.TooSoon as soon:
        raise TooSoon(wait_ms=soon.wait) from None


def rule_for(session: Playing) -> Rule:
    return rule_of(edition_of(session.edition_id), answer_ms=session.answer_ms)


def _event(session: Playing, told: Told, at: dt.datetime) -> tape.Event:
    return tape.Event(
        tape.BEAT,
        clock.milliseconds(at) - clock.milliseconds(session.opened_at),
        told.position,
        told.start,
        tape.PLAYING * told.playing | tape.VISIBLE * told.visible,
        told.rate,
    )


@transaction.atomic
def _settled(session_id: object, told: Told, *, at: dt.datetime) -> dict[str, object]:
    """The same beat under the locks, for the ledger."""
    session = PlaySession.objects.select_for_update().get(pk=session_id)
    if _was_told(session, told):
        return reply_of(session, State.from_json(session.now), at=at)
    step = _step(session, told, at)
    session.seq, session.nonce, session.last_nonce, session.beat_at = told.seq, play.nonce(), told.nonce, at
    state = settling.write(session, step, _event(session, told, at), at=at)
    if step.closes_lesson:
        play.end(session, "close", PlaySession.Ending.SHUT, at=at)
    return reply_of(session, state, at=at)


# -- the row --------------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    """Of a session what a beat has to know, in the order of _READ; `last` and `now` read from their JSON."""

    id: str
    state: str
    ending: str
    seq: int
    nonce: str
    last_nonce: str
    last: dict
    events: int
    edition_id: int
    answer_ms: int
    lesson_id: int
    length_ms: int
    no_skip: bool
    reading: bool
    opened_at: dt.datetime
    now: dict
    taped: int
    door: str
    signed_in: bool

    def get_ending_display(self) -> str:
        return PlaySession.Ending(self.ending).label


_READ = Prepared(
    "beat_read",
    "text, uuid",
    """
SELECT s.id, s.state, s.ending, s.seq, s.nonce, s.last_nonce, s.last, s.events, s.edition_id, s.answer_ms, s.lesson_id,
    s.length_ms, s.no_skip, s.reading, s.opened_at, s.now, octet_length(s.tape), s.door,
    u.is_active AND EXISTS (SELECT FROM django_session d WHERE d.session_key = %s AND d.expire_date > now())
FROM learners_playsession s JOIN accounts_user u ON u.id = s.user_id WHERE s.id = %s
""",
)
_WRITE = Prepared(
    "beat_write",
    "integer, text, text, jsonb, timestamptz, jsonb, bytea, uuid, integer",
    """
UPDATE learners_playsession SET seq = %s, nonce = %s, last_nonce = %s, last = %s, events = events + 1, beat_at = %s, now = %s,
    tape = tape || %s WHERE id = %s AND events = %s AND state = 'live'
""",
)


def _read(session_id: object, web_session: str) -> _Row:
    """Raises Http404, SignedOut. Nothing is written yet: a connection that was lost in between is simply taken up again."""
    asked = [web_session, str(session_id)]
    connection.health_check_done = True
    try:
        found = _one(asked)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        found = _one(asked)
    if found is None:
        raise Http404
    row = _Row._make(found)
    if not row.signed_in:
        raise SignedOut
    if row.door != play.door_of(web_session):
        raise Http404
    return row._replace(last=json.loads(row.last), now=json.loads(row.now))


def _one(asked: list[str]) -> tuple | None:
    with connection.cursor() as cursor:
        _READ.run(cursor, asked)
        return cursor.fetchone()


def _write(row: _Row, state: State, event: bytes, *, last_nonce: str, at: dt.datetime) -> bool:
    """False where somebody else has written since this row was read."""
    last, now = json.dumps(row.last), json.dumps(state.to_json())
    with connection.cursor() as cursor:
        _WRITE.run(cursor, [row.seq, row.nonce, last_nonce, last, at, now, event, row.id, row.events])
        return cursor.rowcount == 1
