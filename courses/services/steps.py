"""The steps of a course and its versions: submitting, reviewing, publishing, suspending, withdrawing."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Course, CourseVersion, Notice, StandardCheck
from courses.models.catalogue import WORDS
from courses.selectors.films import being_sent, in_the_making
from courses.selectors.standards import Report, report_while_making
from courses.services.checks import check_now, mend
from courses.services.finding import describe
from courses.services.licences import refresh_subsidised
from courses.services.notices import tell_of_course
from courses.services.webhooks import announce_course
from courses.workflow import MOVES, VERSION_MOVES, State
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


class SecondPersonNeeded(RuleBroken):
    code = "second_person_needed"
    message = _("Somebody else has to publish: not the author, not who submitted it.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason. The provider and the audit read it.")


class NotReady(RuleBroken):
    """`details["missing"]` lists what is missing, one sentence each."""

    code = "course_not_ready"
    message = _("The course is not complete yet.")

    @classmethod
    def of(cls, report: Report) -> "NotReady":
        return cls(" ".join([str(cls.message), *report.missing]), missing=report.missing)


class StillSent(RuleBroken):
    code = "film_still_sent"
    message = _("A film of lesson %(lesson)s is still being sent. Finish or cancel it first.")


def locked(course: Course) -> Course:
    return Course.objects.select_for_update().get(pk=course.pk)


def open_version(course: Course) -> CourseVersion:
    """The version that is not frozen yet. Raises moves.IllegalMove when there is none."""
    version = course.versions.filter(frozen_at=None).first()
    if version is None:
        raise moves.IllegalMove
    return version


def draft_of(course: Course) -> CourseVersion:
    """The version that may still be changed. Raises moves.IllegalMove when there is none or it lies with the province."""
    version = open_version(course)
    if not version.is_editable:
        raise moves.IllegalMove
    return version


def _move(thing: Course | CourseVersion, step: str) -> None:
    table = MOVES if isinstance(thing, Course) else VERSION_MOVES
    thing.state = moves.check(table, step, thing.state)


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()[:500]


def _tell(course: Course, kind: str, *, at: dt.datetime, reason: str = "") -> None:
    """The provider hears of it, and the catalogue shows whether the course counts from now on."""
    tell_of_course(course, kind, at=at, reason=reason)
    refresh_subsidised(at=at, courses=Course.objects.filter(pk=course.pk))
    course.refresh_from_db(fields=["subsidised"])


def submit(course: Course, *, by: User, at: dt.datetime) -> Course:
    """Hand the draft to the province; the check is kept either way.

    While films are being made the version waits as submitted, and `review_or_return` goes on when they are there.
    Raises IllegalMove, NotReady, StillSent.
    """
    with transaction.atomic():
        course = locked(course)
        version = draft_of(course)
        if sent := being_sent(version):
            raise StillSent(str(StillSent.message) % {"lesson": sent[0]})
        if making := in_the_making(version):
            report = report_while_making(version, making)
        else:
            report = check_now(version, step=StandardCheck.Step.SUBMIT, by=by, at=at)
        if report.passed:
            _submitted(course, version, by=by, at=at)
            if not making:
                begin_review(version, at=at)
            return course
    raise NotReady.of(report)


def _submitted(course: Course, version: CourseVersion, *, by: User, at: dt.datetime) -> None:
    _move(version, "submit")
    version.submitted_at, version.submitted_by, version.returned_reason = at, by, ""
    version.save(update_fields=["state", "submitted_at", "submitted_by", "returned_reason"])
    record(by=by, action="course.submitted", thing=course, at=at, detail={"version": version.number})
    announce_course("course.submitted", course, at=at, version=version.number)


def review_or_return(course: Course, *, at: dt.datetime, failed: Sequence[str] = ()) -> None:
    """Check a version that waited for its films; `failed` are sentences on films that could not be made."""
    version = open_version(course)
    report = check_now(version, step=StandardCheck.Step.SUBMIT, by=None, at=at)
    if reasons := [*failed, *report.missing]:
        send_back(course, by=None, at=at, reason=" ".join(reasons))
    else:
        begin_review(version, at=at)


def begin_review(version: CourseVersion, *, at: dt.datetime) -> CourseVersion:
    """Lay a submitted version before the province. Raises IllegalMove."""
    _move(version, "review")
    version.save(update_fields=["state"])
    announce_course("course.under_review", version.course, at=at, version=version.number)
    return version


@transaction.atomic
def recall(course: Course, *, by: User, at: dt.datetime) -> Course:
    """Take a submitted version back before it is decided. Raises IllegalMove."""
    course = locked(course)
    version = open_version(course)
    _move(version, "recall")
    version.submitted_at = version.submitted_by = None
    version.save(update_fields=["state", "submitted_at", "submitted_by"])
    announce_course("course.recalled", course, at=at, version=version.number)
    record(by=by, action="course.recalled", thing=course, at=at, detail={"version": version.number})
    return course


@transaction.atomic
def send_back(course: Course, *, by: User | None, at: dt.datetime, reason: str) -> Course:
    """Give a submitted version back to its author; `by` is None where a film failed. Raises IllegalMove, ReasonMissing."""
    course = locked(course)
    version = open_version(course)
    _move(version, "return")
    said = _reasoned(reason)
    version.submitted_at = version.submitted_by = None
    version.returned_reason = said
    version.save(update_fields=["state", "submitted_at", "submitted_by", "returned_reason"])
    tell_of_course(course, Notice.Kind.RETURNED, at=at, reason=said)
    announce_course("course.returned", course, at=at, version=version.number, reason=said)
    record(
        by=by, action="course.returned", thing=course, at=at, reason=said, detail={"version": version.number}
    )
    return course


def publish(course: Course, *, by: User, at: dt.datetime) -> Course:
    """Freeze the version under review and list it; a suspended course stays suspended.

    Held once more against the standard, which may have changed since it was submitted; the check is kept either way.

    Raises IllegalMove, SecondPersonNeeded, NotReady.
    """
    with transaction.atomic():
        course = locked(course)
        version = open_version(course)
        _move(version, "publish")
        if course.state == State.WITHDRAWN:
            raise moves.IllegalMove
        if by.pk in {version.created_by_id, version.submitted_by_id}:
            raise SecondPersonNeeded
        report = check_now(version, step=StandardCheck.Step.PUBLISH, by=by, at=at)
        if report.passed:
            return _published(course, version, by=by, at=at)
    raise NotReady.of(report)


def _published(course: Course, version: CourseVersion, *, by: User, at: dt.datetime) -> Course:
    version.frozen_at, version.published_by = at, by
    version.save(update_fields=["state", "frozen_at", "published_by"])
    for word in WORDS:
        setattr(course, word, getattr(version, word))
    course.current_version, course.published_at, course.published_by = version, at, by
    if course.state == State.UNLISTED:
        _move(course, "list")
    describe(course)
    course.save()
    mend(course, version, at=at)
    _tell(course, Notice.Kind.PUBLISHED, at=at)
    announce_course("course.published", course, at=at, version=version.number)
    record(by=by, action="course.published", thing=course, at=at, detail={"version": version.number})
    return course


@transaction.atomic
def suspend(course: Course, *, by: User, at: dt.datetime, reason: str) -> Course:
    """Close a course to new learners; those enrolled learn on. Raises IllegalMove, ReasonMissing."""
    course = locked(course)
    _move(course, "suspend")
    said = _reasoned(reason)
    course.suspended_at, course.suspended_by, course.suspended_reason = at, by, said
    course.save(update_fields=["state", "suspended_at", "suspended_by", "suspended_reason"])
    _tell(course, Notice.Kind.SUSPENDED, at=at, reason=said)
    announce_course("course.suspended", course, at=at, reason=said)
    record(by=by, action="course.suspended", thing=course, at=at, reason=said)
    return course


@transaction.atomic
def resume(course: Course, *, by: User, at: dt.datetime, reason: str) -> Course:
    """Open a suspended course again. Raises IllegalMove, ReasonMissing."""
    course = locked(course)
    _move(course, "resume")
    said = _reasoned(reason)
    course.suspended_at, course.suspended_by, course.suspended_reason = None, None, ""
    course.save(update_fields=["state", "suspended_at", "suspended_by", "suspended_reason"])
    _tell(course, Notice.Kind.RESUMED, at=at, reason=said)
    announce_course("course.resumed", course, at=at, reason=said)
    record(by=by, action="course.resumed", thing=course, at=at, reason=said)
    return course


@transaction.atomic
def withdraw(course: Course, *, by: User, at: dt.datetime, reason: str) -> Course:
    """Take a course out of the catalogue for good; those enrolled learn on. Raises IllegalMove, ReasonMissing."""
    course = locked(course)
    _move(course, "withdraw")
    said = _reasoned(reason)
    course.withdrawn_at, course.withdrawn_by, course.withdrawn_reason = at, by, said
    course.suspended_at, course.suspended_by, course.suspended_reason = None, None, ""
    course.save()
    _tell(course, Notice.Kind.WITHDRAWN, at=at, reason=said)
    announce_course("course.withdrawn", course, at=at, reason=said)
    record(by=by, action="course.withdrawn", thing=course, at=at, reason=said)
    return course
