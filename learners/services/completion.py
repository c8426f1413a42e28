"""Completion: a rule over facts, stored once when it becomes true, with the facts it stood on."""

import datetime as dt

from django.db import transaction

from learners import terms
from learners.models import Attempt, Completion, Enrolment
from learners.selectors import time
from learners.selectors.completion import end_of_ledger
from learners.selectors.practice import assessors_of, passed_tasks
from learners.selectors.progress import Progress, progress
from learners.services import telling
from learners.services.assessment import submit_attempt
from learners.services.due import work_on_next
from learners.workflow import ACTIVE, COMPLETED, ENROLMENT_MOVES
from portal import chain, clock, moves
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.audit.services import record


@transaction.atomic
def complete_if_due(enrolment: Enrolment, *, at: dt.datetime) -> Completion | None:
    """The completion, made now if all is true: hours counted, lessons done, practical tasks and exam passed, identity
    verified.

    None while something is missing. A second call gives the same row.
    """
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.state == COMPLETED:
        return Completion.objects.get(enrolment=enrolment)
    if enrolment.state != ACTIVE:
        return None
    passed = enrolment.attempts.passed().order_by("number").first()
    identity = people.identity_of(enrolment.user)
    if passed is None or identity is None:
        return None
    far = progress(enrolment)
    if not far.is_learned or not far.is_practised:
        return None
    facts = _facts(enrolment, far, passed, at=at) | {"identity_verified_at": identity.verified_at.isoformat()}
    completion = Completion.objects.create(
        enrolment=enrolment,
        user_id=enrolment.user_id,
        province_id=enrolment.province_id,
        completed_at=at,
        facts=facts,
        digest=chain.digest(chain.START, facts),
    )
    enrolment.state = moves.check(ENROLMENT_MOVES, "complete", enrolment.state)
    enrolment.completed_at, enrolment.completion_due_at = at, None
    enrolment.save(update_fields=["state", "completed_at", "completion_due_at"])
    telling.of_completion(enrolment, at=at)
    record(
        by=None,
        action="enrolment.completed",
        thing=enrolment,
        at=at,
        detail={"completion": completion.pk, "facts": completion.digest.hex()},
    )
    return completion


def hand_in(attempt: Attempt, *, by: User, at: dt.datetime) -> Attempt:
    """Grade the exam and, if it was the last thing missing, complete the course. The sweepers would do both later."""
    attempt = submit_attempt(attempt, by=by, at=at)
    if attempt.is_passed:
        complete_if_due(attempt.enrolment, at=at)
    return attempt


def _facts(enrolment: Enrolment, far: Progress, passed: Attempt, *, at: dt.datetime) -> dict[str, object]:
    """Hours as exact fractions of class hours ("3", "58.5" as "117/2")."""
    return {
        "course_code": enrolment.course_code,
        "version_id": enrolment.version_id,
        "edition_id": enrolment.edition_id,
        "counted_seconds": time.counted_seconds(enrolment.pk),
        "class_hour_seconds": enrolment.edition.class_hour_seconds,
        "valid_hours": str(far.hours),
        "required_hours": str(far.required_hours),
        "course_hours": str(far.course_hours),
        "online_hours": str(far.hours),
        "offline_days": 0,
        "started_on": clock.today(enrolment.enrolled_at).isoformat(),
        "completed_on": clock.today(at).isoformat(),
        "lessons": len(far.lessons),
        "exam": {
            "attempt": passed.pk,
            "number": passed.number,
            "score_percent": passed.score_percent,
            "pass_mark_percent": passed.pass_mark_percent,
            "passed_on": clock.today(passed.graded_at).isoformat(),
        },
        "exam_score": passed.score_percent,
        **_practice(enrolment, far),
        "ledger": end_of_ledger(enrolment.user_id),
        "counts_for_subsidy": enrolment.counts_for_subsidy,
        "subsidy_reason": enrolment.subsidy_reason,
    }


def _practice(enrolment: Enrolment, far: Progress) -> dict[str, object]:
    """What the practical tasks add; nothing where a course has none, so that its facts read as ever."""
    passed = passed_tasks(enrolment, [row.lesson.id for row in far.practice])
    told = [
        {
            "task": row.lesson.key,
            "submission": str(done.pk),
            "score_percent": done.score_percent,
            "assessors": assessors_of(done),
            "decided_on": clock.today(done.decided_at).isoformat(),
        }
        for row in far.practice
        if (done := passed.get(row.lesson.id))
    ]
    return {"practice": told} if told else {}


def complete_next_due(*, at: dt.datetime) -> bool:
    """Look at one enrolment that is due. False when none is. What is not complete yet is looked at again later."""
    later = {"completion_due_at": at + terms.COMPLETE_RETRY}

    def look(enrolment: Enrolment) -> None:
        if complete_if_due(enrolment, at=at) is None:
            Enrolment.objects.filter(pk=enrolment.pk).update(**later)

    due = Enrolment.objects.filter(completion_due_at__lte=at).order_by("completion_due_at")
    return work_on_next(due, look, **later)
