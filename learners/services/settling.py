"""What an event of a session leaves behind: its next state, the event itself on tape, rows of the ledger, the lesson's coverage.

Rows are always locked in this order: session, coverage of the lesson, head of the ledger. The caller has the session.
"""

import datetime as dt

from learners import counting, ranges, tape
from learners.fitting import unseen
from learners.models import Coverage, PlaySession, Tape
from learners.selectors.beats import last_of, place_of, standing
from learners.selectors.editions import edition as edition_of
from learners.selectors.editions import rule_of
from learners.services import ledger, telling
from learners.states import State, Step
from portal.audit import services as audit

MOST_TAPE = 600
"""Bytes of a session's tape after which it is put away: some ninety events."""


def write(
    session: PlaySession, step: Step, event: tape.Event, *, at: dt.datetime, passed: bool = False
) -> State:
    """Keep an event and what it came to. `passed`: a presence check was.

    The session is locked, nothing of it waits to be counted, and it is not yet saved.
    """
    state = _settled(session, step, passed=passed, at=at) if step.posts else step.state
    place = place_of(session.last, session.taped)
    session.tape = bytes(session.tape) + tape.packed(event, place)
    session.last = last_of(step, place.after(event))
    session.events += 1
    session.now = state.to_json()
    if step.posts or session.taped > MOST_TAPE:
        put_away(session)
    session.save(update_fields=["seq", "nonce", "last_nonce", "beat_at", "events", *CAUGHT_UP])
    return state


def count_ahead(session: PlaySession) -> None:
    """Put what was told ahead on the tape and into the state. The session is locked by the caller, who saves it with CAUGHT_UP."""
    found = standing(session)
    session.now, session.last = found.state.to_json(), found.last
    session.tape = bytes(session.tape) + found.piece
    session.ahead, session.whole_at = b"", None


CAUGHT_UP = ("now", "last", "tape", "ahead", "whole_at")


def put_away(session: PlaySession) -> None:
    """The session's tape goes where nothing changes any more; the caller saves the session."""
    if session.taped:
        Tape.objects.create(
            session_id=session.pk, province_id=session.province_id, number=session.events, events=session.tape
        )
        session.tape = b""


def _settled(session: PlaySession, step: Step, *, passed: bool, at: dt.datetime) -> State:
    coverage = Coverage.objects.select_for_update().get(
        enrolment_id=session.enrolment_id, lesson_id=session.lesson_id
    )
    state = settle(session, coverage, step, at=at)
    coverage.failures, coverage.checks = state.failures, state.checks
    coverage.high_water, coverage.position = state.high_water, state.position
    coverage.passed += passed
    if step.closes_lesson:
        shut(coverage, at=at)
    coverage.save()
    return state


def settle(session: PlaySession, coverage: Coverage, step: Step, *, at: dt.datetime) -> State:
    """Write the step's rows and merge what was credited into the lesson's coverage (not yet saved).

    Gives the step's state without media that the ledger could not take, so that it can be earned again.
    """
    confirmed = ranges.merged(piece for post in step.posts if not post.reason for piece in post.media)
    written = ledger.post(
        coverage,
        unseen(step.posts, ranges.from_json(coverage.covered)),
        kind="reading" if session.reading else "video",
        edition_id=session.edition_id,
        daily_cap=rule_of(edition_of(session.edition_id)).daily_cap,
        session_id=session.pk,
        at=at,
    )
    merge(coverage, written)
    return counting.without(step.state, ranges.without(confirmed, written))


def shut(coverage: Coverage, *, at: dt.datetime) -> None:
    """Too many failed checks; a person opens it again. The caller saves it."""
    coverage.shut_at = at
    telling.of_lesson(coverage, "lesson.shut", at=at)
    audit.record(by=None, action="lesson.shut", thing=coverage, at=at, reason="checks failed")


def merge(coverage: Coverage, media: ranges.Ranges) -> None:
    covered = ranges.merged(ranges.from_json(coverage.covered) + media)
    coverage.covered = [list(piece) for piece in covered]
    coverage.covered_ms = ranges.total(covered)
