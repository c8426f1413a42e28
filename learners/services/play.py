"""Play sessions: opened, taken over, left, and closed when they fall silent.

Rows are always locked in this order: session, coverage of the lesson, head of the ledger.
"""

import datetime as dt
import secrets

from django.db import DatabaseError, connection, transaction
from django.db.models import DurationField, ExpressionWrapper, F
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import checks, counting, ranges, workflow
from learners.models import CountingEdition, Coverage, Enrolment, PackageSession, PlaySession
from learners.selectors import time as hours
from learners.selectors.beats import Playing
from learners.selectors.editions import edition as edition_of
from learners.selectors.editions import rule_of
from learners.services import alone, intake, ledger, package_ends, settling
from learners.states import Lesson, State, Stretch
from portal import clock, moves
from portal.accounts.models import User
from portal.accounts.sign_ins import door_of
from portal.rules import RuleBroken

_NONCE_BYTES = 12
_TRIES = 3
_SWEEP = 500


class NotLearning(RuleBroken):
    code = "not_learning"
    message = _("This course is completed. It can be watched again, but no more time counts.")


class LessonShut(RuleBroken):
    code = "lesson_shut"
    message = _(
        "Too many questions in this lesson were not answered, so it is shut. An instructor or your province's"
        " administrator opens it again; it is on their list already."
    )


class SessionOver(RuleBroken):
    """The session is not live any more; the sentence says why."""

    code = "session_over"


def must_be_live(session: Playing) -> None:
    """Raises SessionOver with the reason."""
    if session.state != workflow.LIVE:
        raise SessionOver(session.get_ending_display(), code=f"session_{session.ending}")


def nonce() -> str:
    return secrets.token_urlsafe(_NONCE_BYTES)


# -- opening --------------------------------------------------------------------------------------------------------


def open_session(
    enrolment: Enrolment,
    lesson: courses.LessonFacts,
    *,
    by: User,
    at: dt.datetime,
    position: int | None = None,
    web_session: str = "",
) -> PlaySession:
    """A live session on a video or a page. The learner's other live session, wherever it is, is taken over.

    `position` in ms; where the server left off if it is None. Beats are taken under the sign-in `web_session` only.
    Raises NotLearning, intake.LearningOver, LessonShut, alone.BeingHelped; Http404 for a lesson that has no player.
    """
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return _open(enrolment, lesson, by=by, at=at, position=position, door=door_of(web_session))
        except DatabaseError as broken:
            # Two devices opened at once, or the sweep was at the same rows: the second look finds things settled.
            passing = "play_session_one_live" in str(broken) or "deadlock" in str(broken)
            if not passing or attempt == _TRIES - 1:
                raise
    raise AssertionError


def one_at_a_time(user: User) -> None:
    """Two devices that open at once go one after the other, until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('play session', %s))", [user.pk])


def _open(
    enrolment: Enrolment,
    lesson: courses.LessonFacts,
    *,
    by: User,
    at: dt.datetime,
    position: int | None,
    door: str,
) -> PlaySession:
    if not (lesson.is_film or lesson.kind == "reading"):
        raise Http404
    if enrolment.state != workflow.ACTIVE:
        raise NotLearning
    intake.must_be_open(enrolment, at=at)
    one_at_a_time(by)
    alone.must_be_alone(by, at=at)
    take_over(by, at=at)
    edition = edition_of(enrolment.edition_id)
    coverage = locked_coverage(enrolment, lesson.id)
    if coverage.shut_at:
        raise LessonShut
    lapse_if_overdue(coverage, edition, at=at)
    told = hours.rule_lesson(lesson, edition)
    answer_ms = edition.check_answer_seconds * 1000 * (2 if by.reading_size == "large" else 1)
    rule = rule_of(edition, answer_ms=answer_ms)
    today = hours.counted_today_ms(by.pk, at) + hours.held_today_ms(by.pk, at)
    state = counting.opened(
        rule,
        at=clock.milliseconds(at),
        position=_start(told, coverage, position),
        seed=coverage.seed,
        day_left=max(0, rule.daily_cap - today),
        covered=ranges.merged(ranges.from_json(coverage.covered) + hours.held_media(coverage.held)),
        held=tuple(stretch(row) for row in coverage.held),
        high_water=coverage.high_water,
        checks=coverage.checks,
        failures=coverage.failures,
    )
    state = counting.asked(rule, told, state)
    coverage.held, coverage.held_ms, coverage.held_at = [], 0, None
    coverage.save(update_fields=["held", "held_ms", "held_at"])
    return PlaySession.objects.create(
        user_id=by.pk,
        province_id=enrolment.province_id,
        enrolment=enrolment,
        lesson_id=lesson.id,
        edition_id=edition.pk,
        length_ms=told.length,
        no_skip=told.no_skip,
        reading=told.reading,
        answer_ms=answer_ms,
        opened_at=at,
        beat_at=at,
        nonce=nonce(),
        door=door,
        first=state.to_json(),
        now=state.to_json(),
    )


def locked_coverage(enrolment: Enrolment, lesson_id: int) -> Coverage:
    key = {"enrolment_id": enrolment.pk, "lesson_id": lesson_id}
    rest = {
        "user_id": enrolment.user_id,
        "province_id": enrolment.province_id,
        "seed": checks.seed_of(enrolment.pk, lesson_id),
    }
    Coverage.objects.get_or_create(**key, defaults=rest)
    return Coverage.objects.select_for_update().get(**key)


def _start(lesson: Lesson, coverage: Coverage, asked: int | None) -> int:
    position = coverage.position if asked is None else asked
    most = min(lesson.length, coverage.high_water) if lesson.no_skip else lesson.length
    return max(0, min(position, most))


def stretch(row: dict) -> Stretch:
    return Stretch(row["wall_from"], row["wall_to"], ranges.from_json(row["media"]))


# -- ending ---------------------------------------------------------------------------------------------------------


def take_over(user: User, *, at: dt.datetime) -> None:
    """End the learner's live session, of a player or of a package, if there is one: learning goes on elsewhere."""
    for session in PlaySession.objects.select_for_update().filter(user_id=user.pk, state=workflow.LIVE):
        end(session, "take over", PlaySession.Ending.TAKEN_OVER, at=at)
    package_ends.take_over(user, at=at)


def stop(user: User, ending: str, *, at: dt.datetime) -> None:
    """Close the learner's live session, of a player or of a package; none opens before the caller's commit."""
    one_at_a_time(user)
    for session in PlaySession.objects.select_for_update().filter(user_id=user.pk, state=workflow.LIVE):
        end(session, "close", ending, at=at)
    package_ends.stop(user, ending, at=at)


def close_session(session_id: object, *, by: User, at: dt.datetime) -> PlaySession:
    """The learner leaves the lesson. Leaving twice is leaving once. Raises Http404 for somebody else's session."""
    with transaction.atomic():
        session = locked_session(session_id, by)
        if session.state == workflow.LIVE:
            end(session, "close", PlaySession.Ending.LEFT, at=at)
        return session


def locked_session(session_id: object, user: User) -> PlaySession:
    session = PlaySession.objects.select_for_update().filter(pk=session_id, user_id=user.pk).first()
    if session is None:
        raise Http404
    return session


def end(session: PlaySession, step: str, ending: str, *, at: dt.datetime) -> None:
    """Write what is refused, keep what is provisional for the closing question. The session is locked by the caller."""
    settling.count_ahead(session)
    done = counting.ended(State.from_json(session.now))
    coverage = Coverage.objects.select_for_update().get(
        enrolment_id=session.enrolment_id, lesson_id=session.lesson_id
    )
    settling.settle(session, coverage, done, at=at)
    settling.put_away(session)
    state = done.state
    coverage.held = state.to_json()["held"]
    coverage.held_ms = state.provisional
    coverage.held_at = at if state.provisional else None
    coverage.position, coverage.high_water, coverage.checks = state.position, state.high_water, state.checks
    coverage.save()
    _move(session, step, ending, at=at)
    session.now = state.to_json()
    session.save(update_fields=["state", "ending", "closed_at", *settling.CAUGHT_UP])


def _move(session: PlaySession, step: str, ending: str, *, at: dt.datetime) -> None:
    session.state = moves.check(workflow.SESSION_MOVES, step, session.state)
    session.ending, session.closed_at = ending, at


# -- the sweep ------------------------------------------------------------------------------------------------------


def close_silent_sessions(*, at: dt.datetime) -> int:
    """Close sessions that fell silent, at their last beat; refuse what nobody confirmed in time. One row at a time."""
    done = 0
    while done < _SWEEP and (_close_one_silent(at) or package_ends.close_one_silent(at) or _lapse_one(at)):
        done += 1
    return done


@transaction.atomic
def _close_one_silent(at: dt.datetime) -> bool:
    patience = ExpressionWrapper(
        F("edition__silent_after_seconds") * dt.timedelta(seconds=1), output_field=DurationField()
    )
    rows = PlaySession.objects.filter(state=workflow.LIVE, beat_at__lt=at - patience)
    session = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if session is None:
        return False
    end(session, "close", PlaySession.Ending.SILENT, at=session.beat_at)
    return True


@transaction.atomic
def _lapse_one(at: dt.datetime) -> bool:
    window = ExpressionWrapper(
        F("enrolment__edition__confirm_within_hours") * dt.timedelta(hours=1), output_field=DurationField()
    )
    rows = Coverage.objects.filter(held_at__isnull=False, held_at__lte=at - window)
    coverage = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if coverage is None:
        return False
    _lapse(coverage, edition_of(coverage.enrolment.edition_id), at=at)
    return True


def _kind_of(coverage: Coverage) -> str:
    mine = {"enrolment_id": coverage.enrolment_id, "lesson_id": coverage.lesson_id}
    if PackageSession.objects.filter(**mine).exists():
        return "package"
    return (
        "reading" if PlaySession.objects.filter(**mine).values_list("reading", flat=True).first() else "video"
    )


def lapse_if_overdue(coverage: Coverage, edition: CountingEdition, *, at: dt.datetime) -> None:
    """Refuse what has waited too long for its question, where the sweep has not been yet. The row is locked by the caller."""
    if coverage.held_at and coverage.held_at <= at - dt.timedelta(hours=edition.confirm_within_hours):
        _lapse(coverage, edition, at=at)


def _lapse(coverage: Coverage, edition: CountingEdition, *, at: dt.datetime) -> None:
    posts = counting.lapsed(tuple(stretch(row) for row in coverage.held))
    ledger.post(coverage, posts, kind=_kind_of(coverage), edition_id=edition.pk, daily_cap=0, at=at)
    coverage.held, coverage.held_ms, coverage.held_at = [], 0, None
    coverage.save(update_fields=["held", "held_ms", "held_at"])
