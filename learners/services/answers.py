"""A presence check is answered, or more time is asked for. Each is one transaction on the session's row."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from learners import checks, counting, tape
from learners.models import PlaySession
from learners.selectors.beats import rule_for
from learners.selectors.replies import reply_of
from learners.services import play, settling
from learners.states import State, Step
from portal import clock
from portal.accounts.models import User
from portal.rules import RuleBroken


class NoCheck(RuleBroken):
    code = "no_check_open"
    message = _("No question is waiting for an answer.")


def answer(
    session_id: object,
    *,
    by: User,
    at: dt.datetime,
    number: int,
    answers: Mapping[int, frozenset[str]],
    here: bool = False,
) -> dict[str, object]:
    """The open check is answered: `answers` by question id, or `here` where the lesson has no questions.

    The same `number` again gives the stored reply. Raises SessionOver, NoCheck, Http404.
    """
    with transaction.atomic():
        session = play.locked_session(session_id, by)
        if session.last_answer is not None and session.last_answer["number"] == number:
            return session.last_answer["reply"]
        state, moment = _asked(session, number), _moment(session, at)
        asked = checks.questions_of(session.lesson_id, state.seed, number, failures=state.failures)
        right = checks.all_right(asked, answers) if asked else here
        step = counting.answer(rule_for(session), state, at=moment, right=right)
        session.beat_at = at
        event = _event(session, tape.ANSWER, moment, flags=tape.RIGHT * right)
        state = settling.write(session, step, event, at=at, passed=not step.reason)
        if step.closes_lesson:
            play.end(session, "close", PlaySession.Ending.SHUT, at=at)
        reply = {**reply_of(session, state, at=at), "passed": not step.reason}
        session.last_answer = {"number": number, "reply": reply}
        session.save(update_fields=["last_answer"])
        return reply


def more_time(session_id: object, *, by: User, at: dt.datetime, number: int) -> int:
    """Ask for longer to answer the open check; gives the seconds that are left. Raises SessionOver, NoCheck, Http404."""
    with transaction.atomic():
        session = play.locked_session(session_id, by)
        state, moment = _asked(session, number), _moment(session, at)
        state = counting.more_time(rule_for(session), state, at=moment)
        settling.write(session, Step(state), _event(session, tape.MORE_TIME, moment), at=at)
        return max(0, (state.check.until - moment) // 1000)


def _asked(session: PlaySession, number: int) -> State:
    """The state with the check of that number open. Raises SessionOver, NoCheck."""
    play.must_be_live(session)
    settling.count_ahead(session)
    state = State.from_json(session.now)
    if state.check is None or state.check.number != number:
        raise NoCheck
    return state


def _moment(session: PlaySession, at: dt.datetime) -> int:
    """Milliseconds since the epoch, never before the event before: a clock that was put back undoes nothing."""
    return max(clock.milliseconds(at), clock.milliseconds(session.opened_at) + session.last.get("at", 0))


def _event(session: PlaySession, kind: str, moment: int, *, flags: int = 0) -> tape.Event:
    return tape.Event(kind, moment - clock.milliseconds(session.opened_at), flags=flags)
