"""Practical work as its people see it: where a task stands for its learner, and who may assess, and what was said."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import terms
from learners.models import Assessment, Enrolment, Submission
from learners.sheets import Mark, Ruling, Sheet, sheet_of
from learners.workflow import SENDING
from portal import clock
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.accounts.roles import Role

PASSED = ("practice_passed", _("You have passed this task."))
WAITING = ("practice_waiting", _("Your film is being assessed."))
WAIT = ("practice_cooling_off", _("A break between two attempts is required."))
USED_UP = (
    "practice_used_up",
    _("This task cannot be handed in again for now. The count begins anew after 30 days."),
)


@dataclass(frozen=True)
class TaskStanding:
    """Where a learner is with a task. `reasons` are (code, sentence), empty when another film may be begun."""

    task: courses.PracticalFacts
    submissions: tuple[Submission, ...]
    sending: Submission | None
    waiting: Submission | None
    passed: Submission | None
    used: int
    next_at: dt.datetime | None
    reasons: tuple[tuple[str, str | Promise], ...]

    @property
    def left(self) -> int:
        return max(0, self.task.attempts - self.used)

    @property
    def decided(self) -> list[Submission]:
        return [row for row in self.submissions if row.is_decided][::-1]

    @property
    def promised_at(self) -> dt.datetime | None:
        """When the learner was promised an answer, of the film that waits."""
        return self.waiting.handed_in_at + terms.ASSESS_WITHIN if self.waiting else None


def _next_at(recent: list[Submission], task: courses.PracticalFacts, at: dt.datetime) -> dt.datetime | None:
    """When the next film may be begun, or None for now."""
    moments = []
    if len(recent) >= task.attempts:
        moments.append(recent[len(recent) - task.attempts].handed_in_at + terms.ATTEMPTS_RENEW)
    ended = [row.decided_at for row in recent if row.decided_at]
    if ended:
        moments.append(max(ended) + dt.timedelta(hours=task.cooling_off_hours))
    later = [moment for moment in moments if moment > at]
    return max(later) if later else None


def task_standing(
    enrolment: Enrolment, lesson: courses.LessonFacts, *, at: dt.datetime
) -> TaskStanding | None:
    """None for a lesson without a task."""
    task = courses.practical_task(lesson.id) if lesson.kind == "practical" else None
    if task is None:
        return None
    rows = tuple(Submission.objects.filter(enrolment=enrolment, lesson_id=lesson.id).order_by("number"))
    recent = [row for row in rows if row.handed_in_at and row.handed_in_at > at - terms.ATTEMPTS_RENEW]
    waiting = next((row for row in rows if row.is_waiting), None)
    passed = next((row for row in rows if row.is_passed), None)
    next_at = _next_at(recent, task, at)
    reasons: list[tuple[str, str | Promise]] = []
    if passed is not None:
        reasons.append(PASSED)
    elif waiting is not None:
        reasons.append(WAITING)
    elif next_at is not None:
        reasons.append(USED_UP if len(recent) >= task.attempts else WAIT)
    return TaskStanding(
        task=task,
        submissions=rows,
        sending=next((row for row in rows if row.state == SENDING), None),
        waiting=waiting,
        passed=passed,
        used=len(recent),
        next_at=next_at,
        reasons=tuple(reasons),
    )


def passed_tasks(enrolment: Enrolment, lesson_ids: Iterable[int]) -> dict[int, Submission]:
    """Passed submissions by lesson id; no statement where there is no task."""
    ids = list(lesson_ids)
    rows = Submission.objects.passed().filter(enrolment=enrolment, lesson_id__in=ids) if ids else ()
    return {row.lesson_id: row for row in rows}


def waiting_lessons(enrolment: Enrolment, lesson_ids: Iterable[int]) -> frozenset[int]:
    """Ids of the lessons whose film is being assessed."""
    ids = list(lesson_ids)
    rows = Submission.objects.waiting().filter(enrolment=enrolment, lesson_id__in=ids) if ids else None
    return frozenset(rows.values_list("lesson_id", flat=True)) if rows is not None else frozenset()


def assessors_of(submission: Submission) -> int:
    return submission.assessments.handed_in().count()


# -- who may see and assess ----------------------------------------------------------------------------------------


def own_submission(user: User, uid: uuid.UUID) -> Submission:
    """Raises Http404 for somebody else's."""
    rows = Submission.objects.filter(enrolment__user_id=user.pk).select_related("enrolment")
    found = rows.filter(pk=uid).first()
    if found is None:
        raise Http404
    return found


def submission_of_film(user: User, film_uid: uuid.UUID) -> Submission:
    """The learner's own submission that is being sent. Raises Http404."""
    rows = Submission.objects.filter(enrolment__user_id=user.pk).select_related("enrolment", "film")
    found = rows.filter(film_id=film_uid).first()
    if found is None:
        raise Http404
    return found


def papers_of(user: User) -> QuerySet[Assessment]:
    """The papers that lie with this assessor, or that they handed in. Never anybody else's."""
    rows = Assessment.objects.standing().filter(assessor_id=user.pk)
    return rows.select_related("submission__enrolment")


def paper_of(user: User, pk: int) -> Assessment:
    """Raises Http404."""
    found = papers_of(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_assess(submission: Submission) -> set[int]:
    """Ids of the provider's instructors who are not on this submission, not the learner and not a colleague of theirs."""
    on = clock.today(clock.now())
    learner = submission.enrolment.user_id
    ids = people.appointed_ids(Role.INSTRUCTOR, organisation_id=submission.organisation_id, on=on)
    on_it = set(submission.assessments.values_list("assessor_id", flat=True))
    return ids - on_it - {learner} - people.colleague_ids(learner, on=on)


def open_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """How many papers lie open with each of them."""
    rows = Assessment.objects.open().filter(assessor_id__in=user_ids).order_by()
    return dict(rows.values_list("assessor_id").annotate(n=Count("pk")))


def open_papers(user: User) -> QuerySet[Assessment]:
    return Assessment.objects.open().filter(assessor_id=user.pk)


def twins(submission: Submission) -> int:
    """How many other learners handed in the very same file: a sign for the assessor, never a reason to refuse."""
    films = courses.films_of_same_bytes(submission.film_id)
    if not films:
        return 0
    rows = Submission.objects.filter(film_id__in=films, handed_in_at__isnull=False)
    return rows.values("enrolment__user_id").distinct().count()


# -- what was said -------------------------------------------------------------------------------------------------


def sheet_in(assessment: Assessment, task: courses.PracticalFacts) -> Sheet:
    return sheet_of(assessment.sheet, criteria=task.weights, rules=[rule.number for rule in task.rules])


@dataclass(frozen=True)
class MarkShown:
    criterion: courses.Criterion
    mark: Mark

    @property
    def level_text(self) -> str:
        return self.criterion.levels[self.mark.level] if self.mark.level is not None else ""


@dataclass(frozen=True)
class RulingShown:
    rule: courses.SafetyRule
    ruling: Ruling


@dataclass(frozen=True)
class PaperShown:
    """A paper that was handed in. It names nobody: assessors are known by their seat."""

    seat: int
    score: int
    passed: bool
    marks: tuple[MarkShown, ...]
    rulings: tuple[RulingShown, ...]
    advice: str

    @property
    def breaches(self) -> list[RulingShown]:
        return [row for row in self.rulings if row.ruling.breached]


def paper_shown(assessment: Assessment, task: courses.PracticalFacts) -> PaperShown:
    sheet = sheet_in(assessment, task)
    return PaperShown(
        seat=assessment.seat,
        score=assessment.score_percent,
        passed=assessment.passed,
        marks=tuple(MarkShown(row, sheet.marks[row.number]) for row in task.criteria),
        rulings=tuple(RulingShown(row, sheet.rules[row.number]) for row in task.rules),
        advice=sheet.advice,
    )


def papers_shown(submission: Submission, task: courses.PracticalFacts) -> list[PaperShown]:
    """All that were handed in. The caller has made sure that the reader may see them by now."""
    return [paper_shown(row, task) for row in submission.assessments.handed_in().order_by("seat")]
