"""The closing exam: drawn, answered and closed on the server's clock."""

import datetime as dt
import logging
import secrets
from collections.abc import Iterable, Mapping
from fractions import Fraction
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import answers as shapes
from learners import terms
from learners.models import Answer, Attempt, Enrolment, HandMark
from learners.selectors.enrolment import saved_answers
from learners.selectors.progress import exam_standing
from learners.services import telling
from learners.services.alone import must_be_alone
from learners.workflow import ACTIVE, ATTEMPT_MOVES
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken

log = logging.getLogger(__name__)
SEEDS = 2**31 - 1


class ExamClosed(RuleBroken):
    """The code and sentence say which condition is missing (selectors.progress)."""

    code = "exam_closed"
    message = _("The exam is not open yet.")


class AlreadyPassed(RuleBroken):
    code = "already_passed"
    message = _("You have passed this exam already.")


class TimeOver(RuleBroken):
    code = "time_over"
    message = _("Time is up. What was saved before counts; this answer came too late.")


class AttemptClosed(RuleBroken):
    code = "attempt_closed"
    message = _("This exam has been handed in. Its answers can no longer change.")


class NotAsked(RuleBroken):
    code = "not_asked"
    message = _("This question is not part of your exam.")


class AnsweredElsewhere(RuleBroken):
    code = "answered_elsewhere"
    message = _("You have answered this question differently on another page. Look at it again.")


class TooManyChanges(RuleBroken):
    code = "too_many_changes"
    message = _("The answers were changed too often. What was saved last counts.")


@transaction.atomic
def start_attempt(enrolment: Enrolment, *, by: User, at: dt.datetime) -> Attempt:
    """Draw an exam and start its clock. While one is running, a second start gives the same one.

    Raises AlreadyPassed, BeingHelped, and ExamClosed with the code of the missing condition.
    """
    learner, enrolment = enrolment.user, Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    enrolment.user = learner
    standing = exam_standing(enrolment, at=at)
    if standing.running is not None:
        return standing.running
    if standing.passed is not None:
        raise AlreadyPassed
    if enrolment.state != ACTIVE:
        raise ExamClosed
    must_be_alone(by, at=at)
    if standing.reasons:
        code, sentence = standing.reasons[0]
        raise ExamClosed(sentence, code=code)
    seed = secrets.randbelow(SEEDS)
    ends_at = at + dt.timedelta(minutes=standing.minutes)
    attempt = Attempt.objects.create(
        enrolment=enrolment,
        province_id=enrolment.province_id,
        number=len(standing.attempts) + 1,
        seed=seed,
        question_ids=courses.draw(standing.progress.outline, seed=seed, at=at),
        pass_mark_percent=standing.blueprint.pass_mark_percent,
        started_at=at,
        ends_at=ends_at,
        close_at=ends_at + terms.GRACE,
    )
    record(
        by=by,
        action="exam.started",
        thing=attempt,
        at=at,
        detail={"number": attempt.number, "extra_minutes": standing.extra_minutes},
    )
    return attempt


@transaction.atomic
def save_answer(
    attempt: Attempt,
    question_id: int,
    chosen: Iterable[str],
    *,
    at: dt.datetime,
    seen: int | None = None,
    key: UUID | None = None,
) -> Answer:
    """Keep an answer; what is returned is on disk at the commit. The same answer again gives the row that is there.

    `seen` is the `seq` of the answer that the page showed (0 for none): where another page has answered differently
    since, AnsweredElsewhere. Without it the last writer wins. No choice at all takes an answer back.
    `key` is the sender's own name for this sending: what is stored under it already is given back, whatever came after.
    Raises AttemptClosed, TimeOver, NotAsked, AnsweredElsewhere, TooManyChanges, and what answers.shaped raises.

    Not audited one by one: the rows are append-only themselves, and a province's audit chain is no place to queue for
    thousands of answers a second. Start and end of the attempt are.
    """
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if key and (known := attempt.answers.filter(question_id=question_id, sending=key).first()):
        return known
    if not attempt.is_running:
        raise AttemptClosed
    if at > attempt.ends_at + terms.GRACE:
        raise TimeOver
    if question_id not in attempt.question_ids:
        raise NotAsked
    question = courses.questions([question_id])[question_id]
    keys = shapes.shaped(question, chosen)
    held = attempt.answers.filter(question_id=question_id).order_by("-seq").first()
    if held is not None and held.chosen == keys:
        return held
    if seen is not None and seen != (held.seq if held else 0):
        raise AnsweredElsewhere(seq=held.seq if held else 0)
    last = attempt.answers.order_by("-seq").values_list("seq", flat=True).first() or 0
    if last >= terms.MOST_SAVES:
        raise TooManyChanges
    return Answer.objects.create(
        attempt=attempt,
        province_id=attempt.province_id,
        question_id=question_id,
        written=question.is_written,
        chosen=keys,
        saved_at=at,
        seq=last + 1,
        sending=key,
    )


@transaction.atomic
def submit_attempt(attempt: Attempt, *, by: User, at: dt.datetime) -> Attempt:
    """Hand in and grade, as far as rules decide. A second time changes nothing; after time it is graded with what was saved in time."""
    attempt = Attempt.objects.select_for_update().select_related("enrolment").get(pk=attempt.pk)
    if attempt.is_running:
        _grade(attempt, by=by, at=at, handed_in=at <= attempt.ends_at + terms.GRACE)
    return attempt


def _grade(attempt: Attempt, *, by: User | None, at: dt.datetime, handed_in: bool) -> None:
    """Mark by rule. Where a rule does not decide, the attempt waits for a person; else it is graded at once."""
    saved = saved_answers(attempt.pk)
    points = courses.marks({qid: saved[qid].chosen if qid in saved else [] for qid in attempt.question_ids})
    attempt.submitted_at = at if handed_in else None
    open_ids = [qid for qid in attempt.question_ids if points[qid] is None]
    if not open_ids:
        grade(attempt, points, by=by, at=at)
        return
    HandMark.objects.bulk_create(
        HandMark(
            attempt=attempt,
            province_id=attempt.province_id,
            version_id=attempt.enrolment.version_id,
            question_id=qid,
            answer=saved[qid].chosen[0],
            waits_since_at=at,
        )
        for qid in open_ids
    )
    attempt.state = moves.check(ATTEMPT_MOVES, "wait", attempt.state)
    attempt.close_at, attempt.trouble = None, ""
    attempt.save(update_fields=["state", "close_at", "trouble", "submitted_at"])
    record(
        by=by,
        action="exam.waits_for_marks",
        thing=attempt,
        at=at,
        detail={"answers": len(open_ids), "handed_in": handed_in},
    )


def grade(attempt: Attempt, points: Mapping[int, Fraction], *, by: User | None, at: dt.datetime) -> None:
    """From the points of each answer (none: no answer) to the result. The caller holds the attempt's row."""
    right, score = result_of(attempt, points)
    step = "pass" if score >= attempt.pass_mark_percent else "fail"
    attempt.state = moves.check(ATTEMPT_MOVES, step, attempt.state)
    attempt.right_ids, attempt.score_percent = right, score
    attempt.graded_at, attempt.close_at, attempt.trouble = at, None, ""
    attempt.figures_due_at = attempt.signals_due_at = at
    attempt.save(
        update_fields=[
            "state",
            "right_ids",
            "score_percent",
            "graded_at",
            "close_at",
            "trouble",
            "submitted_at",
            "figures_due_at",
            "signals_due_at",
        ]
    )
    if attempt.is_passed:
        Enrolment.objects.filter(pk=attempt.enrolment_id, state=ACTIVE).update(completion_due_at=at)
    telling.of_result(attempt, at=at)
    record(
        by=by,
        action="exam.graded",
        thing=attempt,
        at=at,
        detail={
            "score_percent": score,
            "state": attempt.state,
            "handed_in": attempt.submitted_at is not None,
        },
    )


def result_of(attempt: Attempt, points: Mapping[int, Fraction]) -> tuple[list[int], int]:
    """The questions with full points, and the score in percent, cut."""
    right = [qid for qid in attempt.question_ids if points.get(qid) == 1]
    return right, int(100 * sum(points.values()) / attempt.total)


def close_next_due(*, at: dt.datetime) -> bool:
    """Grade one attempt whose time is up, with what was saved. False when none is due.

    A failure pushes that attempt forward with its reason and lets the others go on.
    """
    due = Attempt.objects.filter(close_at__lt=at).order_by("close_at")
    with transaction.atomic():
        attempt = due.select_for_update(skip_locked=True, of=["self"]).select_related("enrolment").first()
        if attempt is None:
            return False
        try:
            with transaction.atomic():
                _grade(attempt, by=None, at=at, handed_in=False)
        except Exception as trouble:
            log.exception("attempt %s could not be graded", attempt.pk)
            Attempt.objects.filter(pk=attempt.pk).update(
                close_at=at + terms.CLOSE_RETRY, trouble=type(trouble).__name__
            )
    return True
