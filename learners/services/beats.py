"""A beat of a player: one row read, one row written, wherever the ledger has nothing to be told; only written while film plays on.

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
from learners.selectors.beats import (
    AHEAD,
    Playing,
    Standing,
    counted,
    last_of,
    lesson_for,
    place_of,
    rule_for,
    standing,
)
from learners.selectors.replies import reply_of
from learners.services import play, settling
from learners.states import State, Step
from portal import clock
from portal.prepared import Outcome, Prepared
from portal.rules import RuleBroken

_TRIES = 5
_BRIEF_BEATS = 4
"""As many beats after a whole reply the next one is whole at the latest."""


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
    `brief`: the player can do without hearing what it counted for; it says so of film that only plays on.
    """

    seq: int
    nonce: str
    position: int
    playing: bool
    visible: bool
    rate: int = tape.NORMAL_RATE
    start: int | None = None
    brief: bool = False

    @property
    def plays_on(self) -> bool:
        return self.playing and self.visible and self.start is None and self.rate == tape.NORMAL_RATE


def beat(session_id: object, told: Told, *, web_session: str, at: dt.datetime) -> dict[str, object]:
    """One beat; gives the reply, for a `seq` told before that of before. What is acknowledged is on disk.

    A brief reply has `seq`, `nonce` and `position` only; where something has to be said or written, it is a whole one.
    `web_session` is the key in the cookie: that of the sign-in under which the player was opened, and still good.
    Raises SignedOut, SessionOver, OutOfOrder, TooSoon (nothing changed), Http404.
    """
    if told.brief and told.plays_on and (nonce := _take_ahead(session_id, told, web_session, at)):
        return {"seq": told.seq, "nonce": nonce, "position": told.position}
    for _turn in range(_TRIES):
        row = _read(session_id, web_session)
        now = standing(row)
        if _was_told(row, told):
            return reply_of(row._replace(last=now.last), now.state, at=at)
        step, event = _step(row, now, told, at)
        if step.posts or row.taped > settling.MOST_TAPE:
            return _settled(session_id, told, at=at)
        place = place_of(now.last, row.taped + len(now.piece))
        row = row._replace(seq=told.seq, nonce=play.nonce(), last=last_of(step, place.after(event)))
        if _write(row, step.state, now.piece + tape.packed(event, place), last_nonce=told.nonce, at=at):
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


def _step(session: Playing, now: Standing, told: Told, at: dt.datetime) -> tuple[Step, tape.Event]:
    event = tape.Event(
        tape.BEAT,
        clock.milliseconds(at) - clock.milliseconds(session.opened_at),
        told.position,
        told.start,
        tape.PLAYING * told.playing | tape.VISIBLE * told.visible,
        told.rate,
    )
    try:
        return counted(session, now.state, event), event
    except counting.TooSoon as soon:
        raise TooSoon(wait_ms=soon.wait) from None


@transaction.atomic
def _settled(session_id: object, told: Told, *, at: dt.datetime) -> dict[str, object]:
    """The same beat under the locks, for the ledger."""
    session = PlaySession.objects.select_for_update().get(pk=session_id)
    settling.count_ahead(session)
    now = standing(session)
    if _was_told(session, told):
        return reply_of(session, now.state, at=at)
    step, event = _step(session, now, told, at)
    session.seq, session.nonce, session.last_nonce, session.beat_at = told.seq, play.nonce(), told.nonce, at
    state = settling.write(session, step, event, at=at)
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
    ahead: bytes
    door: str
    signed_in: bool

    def get_ending_display(self) -> str:
        return PlaySession.Ending(self.ending).label


_READ = Prepared(
    "beat_read",
    "text, uuid",
    """
SELECT s.id, s.state, s.ending, s.seq, s.nonce, s.last_nonce, s.last, s.events, s.edition_id, s.answer_ms, s.lesson_id,
    s.length_ms, s.no_skip, s.reading, s.opened_at, s.now, octet_length(s.tape), s.ahead, s.door,
    u.is_active AND EXISTS (SELECT FROM django_session d WHERE d.session_key = $1 AND d.expire_date > now())
FROM learners_playsession s JOIN accounts_user u ON u.id = s.user_id WHERE s.id = $2
""",
)
_WRITE = Prepared(
    "beat_write",
    "integer, text, text, jsonb, timestamptz, jsonb, bytea, timestamptz, uuid, integer",
    """
UPDATE learners_playsession SET seq = $1, nonce = $2, last_nonce = $3, last = $4, events = events + 1, beat_at = $5, now = $6,
    tape = tape || $7, ahead = '', whole_at = $8 WHERE id = $9 AND events = $10 AND state = 'live'
""",
)
_TAKE_AHEAD = Prepared(
    "beat_ahead",
    "text, timestamptz, bytea, uuid, integer, text, bigint, text, text",
    """
UPDATE learners_playsession s SET seq = s.seq + 1, nonce = $1, last_nonce = s.nonce, events = events + 1, beat_at = $2,
    ahead = ahead || $3
FROM accounts_user u, learners_countingedition e
WHERE s.id = $4 AND s.state = 'live' AND s.seq = $5 AND s.nonce = $6 AND $7 < s.length_ms
    AND $2 < s.whole_at AND $2 >= s.beat_at + e.min_gap_ms * interval '1 millisecond'
    AND s.door = $8 AND EXISTS (SELECT FROM django_session d WHERE d.session_key = $9 AND d.expire_date > now())
    AND u.id = s.user_id AND u.is_active AND e.id = s.edition_id
""",
)


def _take_ahead(session_id: object, told: Told, web_session: str, at: dt.datetime) -> str:
    """Keep a beat to be counted with a later one; gives the next nonce, or nothing where this one has to be counted now.

    One statement asks all that a whole beat is asked. Sent twice over a lost connection it is taken once: `seq` has moved.
    """
    nonce = play.nonce()
    event = AHEAD.pack(clock.milliseconds(at), told.position)
    end = told.position + counting.END_SLACK
    door = play.door_of(web_session)
    values = [nonce, at, event, str(session_id), told.seq - 1, told.nonce, end, door, web_session]
    return nonce if _first(_TAKE_AHEAD, values).count else ""


def _read(session_id: object, web_session: str) -> _Row:
    """Raises Http404, SignedOut."""
    found = _first(_READ, [web_session, str(session_id)]).rows
    if not found:
        raise Http404
    row = _Row._make(found[0])
    if not row.signed_in:
        raise SignedOut
    if row.door != play.door_of(web_session):
        raise Http404
    return row._replace(last=json.loads(row.last), now=json.loads(row.now))


def _write(row: _Row, state: State, piece: bytes, *, last_nonce: str, at: dt.datetime) -> bool:
    """False where somebody else has written since this row was read."""
    last, now = json.dumps(row.last), json.dumps(state.to_json())
    until = _whole_at(row, state, at)
    values = [row.seq, row.nonce, last_nonce, last, at, now, piece, until, row.id, row.events]
    return _WRITE.run(values).count == 1


def _whole_at(row: _Row, state: State, at: dt.datetime) -> dt.datetime:
    """Until when beats may be taken that are counted later: a few beats, and never over what has to be said at once."""
    rule = rule_for(row)
    quiet = counting.quiet_until(rule, lesson_for(row), state) - clock.milliseconds(at)
    return at + dt.timedelta(milliseconds=min(quiet, _BRIEF_BEATS * rule.beat, rule.max_gap))


def _first(statement: Prepared, values: list[object]) -> Outcome:
    """What a beat begins with. A connection that was lost in between is simply taken up again."""
    connection.health_check_done = True
    try:
        return statement.run(values)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return statement.run(values)
