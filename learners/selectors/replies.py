"""What the player is told: all it needs to draw, and nothing that would help a script."""

import datetime as dt

from courses import selectors as courses
from learners import checks, ranges, reasons
from learners.selectors import time as hours
from learners.selectors.beats import Playing
from learners.states import State
from portal import clock


def reply_of(session: Playing, state: State, *, at: dt.datetime) -> dict[str, object]:
    """Milliseconds. The same session and state give the same reply, but for the seconds left of an open check."""
    held = ranges.merged(piece for stretch in state.held for piece in stretch.media)
    waiting = ranges.total(held)
    counted = ranges.total(state.covered) - waiting
    last = session.last
    return {
        "seq": session.seq,
        "nonce": session.nonce,
        "credited_ms": last.get("credit", 0),
        "counted_ms": counted,
        "waiting_ms": waiting,
        "length_ms": session.length_ms,
        "position": state.position,
        "high_water": state.high_water,
        "spans": [[s.start, s.end, s.kind] for s in hours.spans(state.covered, held)],
        "back_to": last.get("back_to"),
        "reason": _reason(last["reason"]) if last.get("reason") else None,
        "done": hours.is_done(counted, session.length_ms),
        "check": _check(session, state, at) if state.check else None,
    }


def _reason(code: str) -> dict[str, str]:
    why = reasons.of(code)
    return {"code": code, "sentence": str(why.sentence), "remedy": str(why.remedy)}


def _check(session: Playing, state: State, at: dt.datetime) -> dict[str, object]:
    check = state.check
    asked = checks.questions_of(session.lesson_id, state.seed, check.number, failures=state.failures)
    return {
        "number": check.number,
        "seconds": max(0, (check.until - clock.milliseconds(at)) // 1000),
        "questions": [_question(question) for question in asked],
    }


def _question(question: courses.QuestionFacts) -> dict[str, object]:
    options = [{"key": key, "text": text} for key, text in question.options]
    return {"id": question.id, "kind": question.kind, "stem": question.stem, "options": options}
