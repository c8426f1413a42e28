"""A learner's practical work: the film is begun, looked at, handed in, or given up for another; in the end it goes."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from courses import services as catalogue
from learners.models import Enrolment, Submission
from learners.selectors.practice import task_standing
from learners.services import alone, drawing, intake
from learners.workflow import ACTIVE, SENDING, SUBMISSION_MOVES
from portal import moves
from portal.accounts.models import User
from portal.audit.services import record
from portal.rules import RuleBroken


class NoTask(RuleBroken):
    code = "no_task"
    message = _("This lesson has no practical task here.")


class NotOpen(RuleBroken):
    """The code and sentence say why (selectors.practice)."""

    code = "practice_not_open"
    message = _("This task cannot be handed in now.")


class StillSending(RuleBroken):
    code = "still_sending"
    message = _("A film of this task is on its way already. Go on with it, or give it up first.")


class NotReady(RuleBroken):
    code = "film_not_ready"
    message = _("The film is not ready yet. It can be handed in once you can play it.")


class NotDeclared(RuleBroken):
    code = "not_declared"
    message = _("Declare that the film shows your own work.")


def move(submission: Submission, step: str) -> None:
    submission.state = moves.check(SUBMISSION_MOVES, step, submission.state)


def held(submission: Submission) -> Submission:
    """The submission as it is now, locked."""
    return (
        Submission.objects.select_for_update(of=("self",)).select_related("enrolment").get(pk=submission.pk)
    )


@transaction.atomic
def begin_submission(
    enrolment: Enrolment,
    lesson: courses.LessonFacts,
    *,
    name: str,
    size: int,
    by: User,
    at: dt.datetime,
    fingerprint: str = "",
) -> Submission:
    """A film of `size` bytes is going to be sent. One whose film came to nothing makes room for it.

    Raises NoTask, NotOpen, intake.LearningOver, alone.BeingHelped, StillSending, and what `begin_practice_film` raises.
    """
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    standing = task_standing(enrolment, lesson, at=at)
    if standing is None:
        raise NoTask
    if enrolment.state != ACTIVE:
        raise NotOpen
    intake.must_be_open(enrolment, at=at)
    alone.must_be_alone(enrolment.user, at=at)
    if standing.sending is not None:
        if not courses.practice_film(standing.sending.film_id).is_over:
            raise StillSending
        give_up(standing.sending, by=by, at=at)
    if standing.reasons:
        code, sentence = standing.reasons[0]
        raise NotOpen(sentence, code=code)
    film = catalogue.begin_practice_film(
        lesson.id, name=name, size=size, fingerprint=fingerprint, by=by, at=at
    )
    submission = Submission.objects.create(
        enrolment=enrolment,
        province_id=enrolment.province_id,
        organisation_id=film.organisation_id,
        lesson_id=lesson.id,
        number=len(standing.submissions) + 1,
        film=film,
        begun_at=at,
        pass_mark_percent=standing.task.pass_mark_percent,
    )
    record(by=by, action="submission.begun", thing=submission, at=at, detail={"number": submission.number})
    return submission


@transaction.atomic
def give_up(submission: Submission, *, by: User, at: dt.datetime) -> Submission:
    """Take a film back before it is handed in; it is deleted, and costs no attempt. Raises IllegalMove."""
    submission = held(submission)
    move(submission, "give up")
    submission.film_deleted_at = at
    submission.save(update_fields=["state", "film_deleted_at"])
    catalogue.remove_practice_film(submission.film_id, by=by, at=at)
    record(by=by, action="submission.given_up", thing=submission, at=at)
    return submission


@transaction.atomic
def hand_in_film(submission: Submission, *, declared: bool, by: User, at: dt.datetime) -> Submission:
    """Lay the film before two assessors, who are drawn now. A second time changes nothing.

    Raises NotDeclared, NotReady, NotOpen, intake.LearningOver, alone.BeingHelped, IllegalMove.
    """
    submission = held(submission)
    if submission.state != SENDING and submission.handed_in_at is not None:
        return submission
    if submission.enrolment.state != ACTIVE:
        raise NotOpen
    intake.must_be_open(submission.enrolment, at=at)
    alone.must_be_alone(submission.enrolment.user, at=at)
    if not declared:
        raise NotDeclared
    if not courses.practice_film(submission.film_id).is_ready:
        raise NotReady
    move(submission, "hand in")
    submission.handed_in_at = at
    submission.save(update_fields=["state", "handed_in_at"])
    drawing.draw_missing(submission, at=at)
    record(by=by, action="submission.handed_in", thing=submission, at=at, detail={"declared_own_work": True})
    return submission


def delete_next_film(*, at: dt.datetime) -> bool:
    """Delete one film whose time is over. Whether there was one."""
    due = Submission.objects.filter(film_due_at__lte=at).order_by("film_due_at")
    with transaction.atomic():
        submission = due.select_for_update(skip_locked=True, of=["self"]).first()
        if submission is None:
            return False
        catalogue.remove_practice_film(submission.film_id, by=None, at=at)
        submission.film_due_at, submission.film_deleted_at = None, at
        submission.save(update_fields=["film_due_at", "film_deleted_at"])
        record(by=None, action="submission.film_deleted", thing=submission, at=at)
    return True
