"""A package in front of a learner: opened, told of while it stands there, and left. One thing is learned at a time."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import declared, ranges, workflow
from learners.counting import DAY
from learners.models import Enrolment, PackageSession, PlaySession
from learners.selectors.editions import edition as edition_of
from learners.selectors.time import length_of
from learners.services import alone, intake, package_ends, play
from portal import clock
from portal.accounts.models import User
from portal.rules import RuleBroken


class NoSuchPart(RuleBroken):
    code = "package_has_no_such_part"
    message = _("This package has no such part.")


@transaction.atomic
def open_package(
    enrolment: Enrolment, lesson: courses.LessonFacts, *, number: int, by: User, at: dt.datetime
) -> PackageSession:
    """A live session on a part of a package. Whatever else the learner has open is taken over.

    Raises NotLearning, intake.LearningOver, LessonShut, NoSuchPart, alone.BeingHelped; Http404 for a lesson that is no
    package or has no planned time.
    """
    if not lesson.is_timed_package:
        raise Http404
    package = courses.package_of(lesson.id)
    if package is None or number >= len(package.items):
        raise NoSuchPart
    if enrolment.state != workflow.ACTIVE:
        raise play.NotLearning
    intake.must_be_open(enrolment, at=at)
    play.one_at_a_time(by)
    alone.must_be_alone(by, at=at)
    play.take_over(by, at=at)
    coverage = play.locked_coverage(enrolment, lesson.id)
    if coverage.shut_at:
        raise play.LessonShut
    edition = edition_of(enrolment.edition_id)
    play.lapse_if_overdue(coverage, edition, at=at)
    return PackageSession.objects.create(
        user_id=by.pk,
        province_id=enrolment.province_id,
        enrolment=enrolment,
        lesson_id=lesson.id,
        edition_id=edition.pk,
        number=number,
        length_ms=length_of(lesson, edition),
        opened_at=at,
        told_at=at,
    )


@transaction.atomic
def tell_package(
    session_id: object, *, by: User, told: Mapping[str, str], run: int, visible: bool, at: dt.datetime
) -> PackageSession:
    """The page is still open, and the package says this of its time. Told twice is told once.

    A message sooner than the edition's smallest gap changes the package's word only. Raises SessionOver, Http404.
    """
    session = _locked(session_id, by)
    play.must_be_live(session)
    _hear(session, told=told, run=run, visible=visible, at=at)
    return session


@transaction.atomic
def close_package(
    session_id: object, *, by: User, told: Mapping[str, str], run: int, visible: bool, at: dt.datetime
) -> PackageSession:
    """The learner leaves it, with its last word. Leaving twice is leaving once. Raises Http404."""
    session = _locked(session_id, by)
    if session.state == workflow.LIVE:
        _hear(session, told=told, run=run, visible=visible, at=at, last=True)
        package_ends.end(session, "close", PlaySession.Ending.LEFT, at=at)
    return session


def _locked(session_id: object, user: User) -> PackageSession:
    session = PackageSession.objects.select_for_update().filter(pk=session_id, user_id=user.pk).first()
    if session is None:
        raise Http404
    return session


def _hear(
    session: PackageSession,
    *,
    told: Mapping[str, str],
    run: int,
    visible: bool,
    at: dt.datetime,
    last: bool = False,
) -> None:
    edition = edition_of(session.edition_id)
    if run > session.run:
        session.earlier_ms, session.declared_ms, session.run = session.declared, 0, run
    if run == session.run and told:
        session.declared_ms = min(declared.told_ms(told), DAY - session.earlier_ms)
    since, now = clock.milliseconds(session.told_at), clock.milliseconds(at)
    if now - since >= edition.min_gap_ms or (last and now > since):
        seen = declared.heard(
            ranges.from_json(session.seen), since=since, at=now, visible=visible, max_gap=edition.max_gap_ms
        )
        session.seen = [list(piece) for piece in seen]
        session.told_at = clock.moment(now)
    session.save(update_fields=["run", "earlier_ms", "declared_ms", "seen", "told_at"])
