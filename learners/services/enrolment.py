"""Beginning a course, and leaving it."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import terms
from learners.models import CountingEdition, Enrolment, WaitingPlace
from learners.selectors.editions import edition_in_force
from learners.services import intake
from learners.workflow import ACTIVE, COMPLETED, ENROLMENT_MOVES, WITHDRAWN
from portal import clock, moves
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


class NotVerified(RuleBroken):
    code = "not_verified"
    message = _("First register with your real name. Hours and certificate belong to a person.")


class CourseClosed(RuleBroken):
    code = "course_closed"
    message = _("This course takes no new learners at the moment.")


class NothingToLearn(RuleBroken):
    code = "nothing_to_learn"
    message = _("This entry is a sample without lessons. Nobody can enrol in it.")


class AlreadyEnrolled(RuleBroken):
    code = "already_enrolled"
    message = _("You are enrolled in this course already.")


class AlreadyCompleted(RuleBroken):
    code = "already_completed"
    message = _("You have completed this course already. Your hours and your result stay yours.")


class NoCountingRule(RuleBroken):
    code = "no_counting_rule"
    message = _("No rule for counting hours is in force in your province, so nobody can enrol yet.")


class StandingChanged(RuleBroken):
    code = "standing_changed"
    message = _(
        "Whether this course counts for the subsidy has changed since you opened the page. Read it again before you enrol."
    )


class ExamRunning(RuleBroken):
    code = "exam_running"
    message = _("An exam is running. Hand it in first.")


@transaction.atomic
def enrol(
    user: User, course_code: str, *, at: dt.datetime, told: bool | None = None, by: User | None = None
) -> Enrolment:
    """Begin a published course: pins its version, the counting edition of the learner's province, the required share,
    and whether it counts for the subsidy. `told` is what the page said of that, None where nothing was said.
    `by` is a helper who acts in the learner's name.

    Who withdrew from the same version takes it up again with all hours, and as it counted on its first day. Raises
    Http404 for an unknown course, and NotVerified, CourseClosed, NothingToLearn, AlreadyEnrolled, AlreadyCompleted,
    NoCountingRule, StandingChanged, and what `intake.admit` raises.
    """
    identity, course = _open_to(user, course_code)
    version = courses.current_version(course)
    earlier = Enrolment.objects.select_for_update().filter(user=user, version=version).first()
    if earlier is not None:
        return _resume(earlier, user, by=by or user, at=at)
    if Enrolment.objects.active().filter(user=user, course_code=course.code).exists():
        raise AlreadyEnrolled
    try:
        edition = edition_in_force(identity.province_code, clock.today(at))
    except CountingEdition.DoesNotExist as missing:
        raise NoCountingRule from missing
    standing = courses.subsidy_standing(course, on=clock.today(at))
    if told is not None and told != standing.counts:
        raise StandingChanged
    last_day = intake.admit(user, course.code, province=identity.province_code, at=at)
    enrolment = Enrolment(
        user=user,
        province_id=identity.province_code,
        course_code=course.code,
        version=version,
        edition=edition,
        required_percent=terms.REQUIRED_PERCENT,
        counts_for_subsidy=standing.counts,
        subsidy_reason=standing.code,
        enrolled_at=at,
        learn_until=last_day,
    )
    _once(enrolment)
    record(
        by=by or user,
        action="enrolment.begun",
        thing=enrolment,
        at=at,
        detail={
            "course": course.code,
            "version": version.pk,
            "edition": edition.pk,
            "counts_for_subsidy": standing.counts,
            "subsidy_reason": standing.code,
        }
        | _for(user, by),
    )
    return enrolment


def _open_to(user: User, course_code: str) -> tuple[people.IdentityFacts, object]:
    """Who it is and what it is about, if this person may enrol in this course at all."""
    identity = people.identity_of(user)
    if identity is None:
        raise NotVerified
    course = courses.course_visible_to(user, course_code)
    if not course.is_open:
        raise CourseClosed
    if course.is_sample:
        raise NothingToLearn
    return identity, course


@transaction.atomic
def await_seat(user: User, course_code: str, *, at: dt.datetime) -> WaitingPlace:
    """Join the line of a full course. Raises what `enrol` raises, and intake.SeatFree."""
    identity, course = _open_to(user, course_code)
    if Enrolment.objects.active().filter(user=user, course_code=course.code).exists():
        raise AlreadyEnrolled
    if Enrolment.objects.completed().filter(user=user, version=course.current_version_id).exists():
        raise AlreadyCompleted
    return intake.join_line(user, course.code, province=identity.province_code, at=at)


def _once(enrolment: Enrolment, **fields: object) -> None:
    """Save; the database itself refuses a second live enrolment, also when two pages ask at the same moment."""
    try:
        with transaction.atomic():
            enrolment.save(**fields)
    except IntegrityError as broken:
        if "enrolment_one_" not in str(broken):
            raise
        raise AlreadyEnrolled from broken


def _for(user: User, by: User | None) -> dict[str, object]:
    return {"for": user.pk} if by and by != user else {}


def _resume(enrolment: Enrolment, user: User, *, by: User, at: dt.datetime) -> Enrolment:
    if enrolment.state == ACTIVE:
        raise AlreadyEnrolled
    if enrolment.state == COMPLETED:
        raise AlreadyCompleted
    last_day = intake.admit(user, enrolment.course_code, province=enrolment.province_id, at=at, again=True)
    _move(enrolment, "resume")
    enrolment.withdrawn_at, enrolment.learn_until = None, last_day
    enrolment.completion_due_at = at if enrolment.attempts.passed().exists() else None
    _once(enrolment, update_fields=["state", "withdrawn_at", "completion_due_at", "learn_until"])
    record(by=by, action="enrolment.resumed", thing=enrolment, at=at, detail=_for(user, by))
    return enrolment


def _move(enrolment: Enrolment, step: str) -> None:
    enrolment.state = moves.check(ENROLMENT_MOVES, step, enrolment.state)


@transaction.atomic
def withdraw(enrolment: Enrolment, *, by: User, at: dt.datetime) -> Enrolment:
    """Leave a course. Hours stay on record, the seat goes to the line. A second time changes nothing. Raises ExamRunning, IllegalMove."""
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.state == WITHDRAWN:
        return enrolment
    if enrolment.attempts.running().exists():
        raise ExamRunning
    _move(enrolment, "withdraw")
    enrolment.withdrawn_at, enrolment.completion_due_at = at, None
    enrolment.save(update_fields=["state", "withdrawn_at", "completion_due_at"])
    intake.free_seat(enrolment.course_code, at=at)
    record(by=by, action="enrolment.withdrawn", thing=enrolment, at=at)
    return enrolment
