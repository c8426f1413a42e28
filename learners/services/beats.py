"""What a player tells: beats and answers. Each is one transaction on the session's row, in few statements."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import checks, counting, ranges, reasons, workflow
from learners.counting import Lesson, Rule, State, Step
from learners.models import Beat, Coverage, PlaySession
from learners.selectors import time as hours
from learners.selectors.editions import edition as edition_of
from learners.selectors.editions import rule_of
from learners.services import ledger, play
from portal.accounts.models import User
from portal.rules import RuleBroken


class OutOfOrder(RuleBroken):
    code = "beat_out_of_order"
    message = _("This message of the player does not follow the last one. Load the page again.")


class TooSoon(RuleBroken):
    code = "beat_too_soon"
    message = _("The player reports too often. Nothing was lost; it reports again in a moment.")


class NoCheck(RuleBroken):
    code = "no_check_open"
    message = _("No question is waiting for an answer.")


def beat(
    session_id: object,
    *,
    by: User,
    at: dt.datetime,
    seq: int,
    nonce: str,
    position: int,
    playing: bool,
    visible: bool,
    rate: int = 100,
    start: int | None = None,
) -> dict[str, object]:
    """One beat; gives the reply, which is the stored one for a `seq` told before. `position`, `start` in ms, `rate` in %.

    Raises SessionOver, OutOfOrder, TooSoon (nothing changed), Http404.
    """
    with transaction.atomic():
        session = play.locked_session(session_id, by)
        if session.state == workflow.LIVE and seq == session.seq and session.last_reply is not None:
            return session.last_reply
        _must_be_live(session)
        if seq != session.seq + 1 or nonce != session.nonce:
            raise OutOfOrder
        rule, lesson = _rule(session), _lesson(session)
        moment = ledger.milliseconds(at)
        told = {"position": position, "playing": playing, "visible": visible, "start": start}
        try:
            step = counting.beat(rule, lesson, State.from_json(session.now), at=moment, **told)
        except counting.TooSoon as soon:
            raise TooSoon(wait_ms=soon.wait) from None
        session.seq, session.nonce, session.beat_at = seq, play.nonce(), at
        _write(session, step, Beat.Kind.BEAT, at=at, rate=rate, **told)
        return session.last_reply


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
        _must_be_live(session)
        state = State.from_json(session.now)
        if state.check is None or state.check.number != number:
            raise NoCheck
        asked = checks.questions_of(session.lesson_id, state.seed, number, failures=state.failures)
        right = checks.all_right(asked, answers) if asked else here
        step = counting.answer(_rule(session), state, at=ledger.milliseconds(at), right=right)
        session.beat_at = at
        _write(session, step, Beat.Kind.ANSWER, at=at, right=right)
        passed = not step.reason
        reply = {**session.last_reply, "passed": passed}
        session.last_answer = {"number": number, "reply": reply}
        session.save(update_fields=["last_answer"])
        return reply


def more_time(session_id: object, *, by: User, at: dt.datetime, number: int) -> int:
    """Ask for longer to answer the open check; gives the seconds that are left. Raises SessionOver, NoCheck, Http404."""
    with transaction.atomic():
        session = play.locked_session(session_id, by)
        _must_be_live(session)
        state = State.from_json(session.now)
        if state.check is None or state.check.number != number:
            raise NoCheck
        state = counting.more_time(_rule(session), state, at=ledger.milliseconds(at))
        session.now = state.to_json()
        session.events += 1
        session.save(update_fields=["now", "events"])
        _store(session, Beat.Kind.MORE_TIME, at=at)
        return max(0, (state.check.until - ledger.milliseconds(at)) // 1000)


def _must_be_live(session: PlaySession) -> None:
    if session.state != workflow.LIVE:
        raise play.SessionOver(session.get_ending_display(), code=f"session_{session.ending}")


def _rule(session: PlaySession) -> Rule:
    return rule_of(edition_of(session.edition_id), answer_ms=session.answer_ms)


def _lesson(session: PlaySession) -> Lesson:
    return Lesson(length=session.length_ms, no_skip=session.no_skip, reading=session.reading)


def _write(
    session: PlaySession,
    step: Step,
    kind: str,
    *,
    at: dt.datetime,
    **told: object,
) -> None:
    """The next state, the reply and the beat; the ledger and the coverage where the step has rows for them."""
    asked = step.state.check is not None and step.state.check != State.from_json(session.now).check
    state = step.state
    if step.posts:
        state = _settle(session, step, passed=kind == Beat.Kind.ANSWER and not step.reason, at=at)
    session.events += 1
    session.now = state.to_json()
    session.last_reply = reply_of(session, state, step=step, at=at, ask=asked or state.check is not None)
    changed = ["seq", "nonce", "beat_at", "events", "now", "last_reply"]
    session.save(update_fields=changed)
    _store(session, kind, at=at, **told)
    if step.closes_lesson:
        play.end(session, "close", PlaySession.Ending.SHUT, at=at)


def _settle(session: PlaySession, step: Step, *, passed: bool, at: dt.datetime) -> State:
    coverage = Coverage.objects.select_for_update().get(
        enrolment_id=session.enrolment_id, lesson_id=session.lesson_id
    )
    state = play.settle(session, coverage, step, at=at)
    coverage.failures, coverage.checks = state.failures, state.checks
    coverage.high_water, coverage.position = state.high_water, state.position
    coverage.passed += passed
    if step.closes_lesson:
        play.shut(coverage, at=at)
    coverage.save()
    return state


def _store(
    session: PlaySession,
    kind: str,
    *,
    at: dt.datetime,
    position: int = 0,
    start: int | None = None,
    playing: bool = False,
    visible: bool = False,
    right: bool = False,
    rate: int = 100,
) -> None:
    flags = Beat.PLAYING * playing | Beat.VISIBLE * visible | Beat.RIGHT * right
    row = Beat(
        session_id=session.pk,
        province_id=session.province_id,
        number=session.events,
        kind=kind,
        at_ms=ledger.milliseconds(at) - ledger.milliseconds(session.opened_at),
        position=position,
        start=start,
        flags=flags,
        rate=rate,
    )
    Beat.objects.bulk_create([row])


# -- replies --------------------------------------------------------------------------------------------------------


def reply_of(
    session: PlaySession, state: State, *, at: dt.datetime, step: Step | None = None, ask: bool = True
) -> dict[str, object]:
    """What the player is told: all it needs to draw, and nothing that would help a script."""
    held = ranges.merged(piece for stretch in state.held for piece in stretch.media)
    counted = ranges.total(state.covered) - ranges.total(held)
    return {
        "seq": session.seq,
        "nonce": session.nonce,
        "credited_ms": step.credit if step else 0,
        "counted_ms": counted,
        "waiting_ms": ranges.total(held),
        "length_ms": session.length_ms,
        "position": state.position,
        "high_water": state.high_water,
        "spans": [[s.start, s.end, s.kind] for s in hours.spans(state.covered, held)],
        "back_to": step.back_to if step else None,
        "reason": _reason(step.reason) if step and step.reason else None,
        "done": hours.is_done(counted, session.length_ms),
        "check": _check(session, state, at) if ask and state.check else None,
    }


def _reason(code: str) -> dict[str, str]:
    why = reasons.of(code)
    return {"code": code, "sentence": str(why.sentence), "remedy": str(why.remedy)}


def _check(session: PlaySession, state: State, at: dt.datetime) -> dict[str, object]:
    check = state.check
    asked = checks.questions_of(session.lesson_id, state.seed, check.number, failures=state.failures)
    return {
        "number": check.number,
        "seconds": max(0, (check.until - ledger.milliseconds(at)) // 1000),
        "questions": [_question(question) for question in asked],
    }


def _question(question: courses.QuestionFacts) -> dict[str, object]:
    options = [{"key": key, "text": text} for key, text in question.options]
    return {"id": question.id, "kind": question.kind, "stem": question.stem, "options": options}
