"""The terms of enrolment: set by the provider, held against whoever wants to enrol, seats given in order.

Rows are always locked in this order: the learner's enrolment, the intake of the course, places in its line.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners.models import Enrolment, Intake, Prerequisite, WaitingPlace
from learners.selectors.intake import (
    is_over,
    learning_ends_on,
    may_set,
    missing_courses,
    place_of,
    seats_taken,
)
from learners.services import telling
from learners.workflow import WAITING_MOVES, WaitingState
from portal import clock, moves
from portal.accounts.models import Province, User
from portal.audit.services import record
from portal.rules import RuleBroken

MOST_PREREQUISITES = 10
_MOST_OFFERS = 500


class NotYours(RuleBroken):
    code = "not_yours_to_set"
    message = _("Only the managers of the course's provider set its terms of enrolment.")


class UnknownCourse(RuleBroken):
    code = "unknown_course"
    message = _("There is no published course with the code %(course)s.")


class Circle(RuleBroken):
    code = "prerequisites_in_a_circle"
    message = _("%(course)s asks for this course itself, so nobody could ever begin.")


class TooMany(RuleBroken):
    code = "too_many_prerequisites"
    message = _("At most 10 courses can be asked for.")


class NotOpenYet(RuleBroken):
    code = "not_open_yet"
    message = _("Enrolment opens on %(day)s. Come back then.")


class EnrolmentClosed(RuleBroken):
    code = "enrolment_closed"
    message = _("Enrolment closed on %(day)s. Ask the provider for the next date, or choose another course.")


class LearningOver(RuleBroken):
    code = "learning_over"
    message = _("Learning in this course ended on %(day)s. Your hours stay on record.")


class OtherProvince(RuleBroken):
    code = "other_province"
    message = _(
        "This course is only for learners registered in %(province)s. Choose one that is open to yours."
    )


class PrerequisiteMissing(RuleBroken):
    code = "prerequisite_missing"
    message = _("First complete: %(courses)s.")


class CourseFull(RuleBroken):
    code = "course_full"
    message = _("All seats are taken. Join the line: the next free seat goes to whoever has waited longest.")


class SeatFree(RuleBroken):
    code = "seat_free"
    message = _("There is a free seat. Enrol now; there is no need to wait.")


def _told(rule: type[RuleBroken], **more: object) -> RuleBroken:
    return rule(rule.message % more, **{name: str(value) for name, value in more.items()})


# -- the provider ---------------------------------------------------------------------------------------------------


@transaction.atomic
def set_intake(
    course_code: str,
    *,
    by: User,
    at: dt.datetime,
    seats: int | None = None,
    accept_days: int = 3,
    opens_on: dt.date | None = None,
    closes_on: dt.date | None = None,
    learn_until: dt.date | None = None,
    only_province: Province | None = None,
    prerequisites: Iterable[str] = (),
) -> Intake:
    """State the terms anew, as a whole. Fewer seats than are taken send nobody away; more are offered to the line at once.

    Raises Http404, NotYours, UnknownCourse, Circle, TooMany, django ValidationError.
    """
    course = courses.course_visible_to(by, course_code)
    if not may_set(by, course):
        raise NotYours
    codes = _checked(course.code, prerequisites)
    facts = {
        "seats": seats,
        "accept_days": accept_days,
        "opens_on": opens_on,
        "closes_on": closes_on,
        "learn_until": learn_until,
        "only_province": only_province,
    }
    Intake.objects.get_or_create(
        course_code=course.code,
        defaults={"province_id": course.province_id, "changed_at": at, "changed_by": by},
    )
    intake = Intake.objects.select_for_update(of=("self",)).get(pk=course.code)
    for name, value in facts.items():
        setattr(intake, name, value)
    intake.changed_at, intake.changed_by = at, by
    intake.full_clean(validate_unique=False)
    intake.save()
    intake.prerequisites.exclude(course_code__in=codes).delete()
    for code in codes:
        Prerequisite.objects.get_or_create(intake=intake, course_code=code)
    offer_seats(intake, at=at)
    detail = {name: _plain(value) for name, value in facts.items()} | {"prerequisites": codes}
    record(by=by, action="intake.set", thing=intake, at=at, detail=detail)
    return intake


def _plain(value: object) -> object:
    if isinstance(value, Province):
        return value.pk
    return value.isoformat() if isinstance(value, dt.date) else value


def _checked(course_code: str, prerequisites: Iterable[str]) -> list[str]:
    codes = list(dict.fromkeys(prerequisites))
    if len(codes) > MOST_PREREQUISITES:
        raise TooMany
    known = courses.titles_of(codes)
    for code in codes:
        if code not in known:
            raise _told(UnknownCourse, course=code)
        if course_code == code or course_code in _asked_for(code):
            raise _told(Circle, course=code)
    return codes


def _asked_for(course_code: str) -> set[str]:
    """Everything that must be completed before this course, over any number of steps."""
    seen: set[str] = set()
    heap = {course_code}
    while heap:
        rows = Prerequisite.objects.filter(intake__in=heap).values_list("course_code", flat=True)
        heap = set(rows) - seen
        seen |= heap
    return seen


# -- whoever wants in -----------------------------------------------------------------------------------------------


def admit(
    user: User, course_code: str, *, province: str, at: dt.datetime, again: bool = False
) -> dt.date | None:
    """Give a seat, which the caller's transaction takes up; gives the last day of learning. Holds the intake's row.

    `again`: somebody who comes back needs a seat and an open day like everybody; what was asked of them on the first
    day is not asked again. A kept seat is good until its end, also after enrolment has closed.
    Raises LearningOver, NotOpenYet, EnrolmentClosed, OtherProvince, PrerequisiteMissing, CourseFull.
    """
    intake = _locked(course_code)
    if intake is None:
        return None
    place = place_of(user, course_code)
    kept = place is not None and place.state == WaitingState.OFFERED and at < place.offer_ends_at
    _conditions(intake, user, province=province, at=at, kept=kept, again=again)
    if not kept:
        offer_seats(intake, at=at)
        place = place_of(user, course_code)
        kept = place is not None and place.state == WaitingState.OFFERED
    if kept:
        _end(place, "accept", at=at)
    elif intake.seats is not None and seats_taken(course_code) >= intake.seats:
        raise CourseFull
    return intake.learn_until


def _locked(course_code: str) -> Intake | None:
    rows = Intake.objects.select_for_update(of=("self",)).select_related("only_province")
    return rows.filter(course_code=course_code).first()


def _conditions(
    intake: Intake, user: User, *, province: str, at: dt.datetime, kept: bool, again: bool
) -> None:
    today = clock.today(at)
    if intake.learn_until and today > intake.learn_until:
        raise _told(LearningOver, day=intake.learn_until)
    if not kept and intake.opens_on and today < intake.opens_on:
        raise _told(NotOpenYet, day=intake.opens_on)
    if not kept and intake.closes_on and today > intake.closes_on:
        raise _told(EnrolmentClosed, day=intake.closes_on)
    if again:
        return
    if intake.only_province_id and intake.only_province_id != province:
        raise _told(OtherProvince, province=intake.only_province.name)
    if missing := missing_courses(user, intake):
        titles = courses.titles_of(missing)
        raise _told(PrerequisiteMissing, courses=", ".join(titles.get(code, code) for code in missing))


def must_be_open(enrolment: Enrolment, *, at: dt.datetime) -> None:
    """Raises LearningOver once the last day of learning has passed."""
    if is_over(enrolment, at=at):
        raise _told(LearningOver, day=learning_ends_on(enrolment))


# -- the line -------------------------------------------------------------------------------------------------------


@transaction.atomic
def join_line(user: User, course_code: str, *, province: str, at: dt.datetime) -> WaitingPlace:
    """Wait for a seat. A second time gives the place that is there. The caller knows that the user may enrol at all.

    Raises SeatFree, and what `admit` raises but CourseFull.
    """
    intake = _locked(course_code)
    if intake is None:
        raise SeatFree
    if (place := place_of(user, course_code)) is not None:
        return place
    before = Enrolment.objects.filter(user=user, course_code=course_code).exists()
    _conditions(intake, user, province=province, at=at, kept=False, again=before)
    offer_seats(intake, at=at)
    if intake.seats is None or seats_taken(course_code) < intake.seats:
        raise SeatFree
    place = WaitingPlace.objects.create(
        user=user, province_id=province, course_code=course_code, joined_at=at
    )
    record(by=user, action="seat.awaited", thing=place, at=at, detail={"course": course_code})
    return place


@transaction.atomic
def leave_line(place: WaitingPlace, *, by: User, at: dt.datetime) -> WaitingPlace:
    """Give up a place; a seat that was kept goes to the next. A second time raises IllegalMove."""
    intake = _locked(place.course_code)
    place = WaitingPlace.objects.select_for_update().get(pk=place.pk)
    _end(place, "leave", at=at)
    offer_seats(intake, at=at)
    record(by=by, action="seat.given_up", thing=place, at=at, detail={"course": place.course_code})
    return place


def _end(place: WaitingPlace, step: str, *, at: dt.datetime) -> None:
    place.state = moves.check(WAITING_MOVES, step, place.state)
    place.ended_at = at
    place.save(update_fields=["state", "ended_at"])


def offer_seats(intake: Intake, *, at: dt.datetime) -> int:
    """Let offers lapse that are over, and keep each free seat for whoever has waited longest. Gives how many are new.

    The caller holds the intake's row. Nothing is offered while nobody could enrol.
    """
    code = intake.course_code
    line = WaitingPlace.objects.select_for_update().filter(course_code=code)
    for place in line.offered().filter(offer_ends_at__lte=at):
        _end(place, "lapse", at=at)
        record(by=None, action="seat.lapsed", thing=place, at=at, detail={"course": code})
    today = clock.today(at)
    shut = (intake.opens_on and today < intake.opens_on) or (
        (last := intake.closes_on or intake.learn_until) and today > last
    )
    if shut or not courses.takes_learners(code):
        return 0
    free = _MOST_OFFERS if intake.seats is None else max(0, intake.seats - seats_taken(code))
    offered = list(line.waiting()[:free]) if free else []
    for place in offered:
        place.state = moves.check(WAITING_MOVES, "offer", place.state)
        place.offered_at = at
        place.offer_ends_at = at + dt.timedelta(days=intake.accept_days)
        place.save(update_fields=["state", "offered_at", "offer_ends_at"])
        record(by=None, action="seat.offered", thing=place, at=at, detail={"course": code})
        telling.of_seat(place, at=at)
    return len(offered)


@transaction.atomic
def tend_line(course_code: str, *, at: dt.datetime) -> int:
    """What a worker does for one line: lapse and offer. One that somebody works on now is left to them."""
    rows = Intake.objects.select_for_update(skip_locked=True, of=("self",)).filter(course_code=course_code)
    intake = rows.first()
    return offer_seats(intake, at=at) if intake else 0


@transaction.atomic
def free_seat(course_code: str, *, at: dt.datetime) -> None:
    """Somebody has left the course: their seat goes to the line in the same transaction."""
    intake = _locked(course_code)
    if intake is not None:
        offer_seats(intake, at=at)
