"""Every course of one person with hours, exam and deadlines, in as many statements for fifty as for one."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Sum

from courses import selectors as courses
from learners.models import (
    Attempt,
    Completion,
    Contest,
    Coverage,
    Enrolment,
    LedgerRow,
    PlaySession,
    QuizResult,
)
from learners.selectors import time
from learners.selectors.appeals import SET_ASIDE
from learners.selectors.enrolment import enrolments_of
from learners.selectors.intake import last_days
from learners.selectors.progress import next_attempt_at, recent_of, required_hours
from learners.workflow import ACTIVE, GRANTED, LIVE
from portal import clock
from portal.accounts.models import User

MOST = 200
"""Courses looked at; nobody has so many, and a page stays bounded."""


@dataclass(frozen=True)
class MyExam:
    """`state`: none, closed (hours or lessons are missing, or learning is over), open, running (until `at`), marking, waiting (until `at`), passed."""

    state: str
    at: dt.datetime | None = None
    score: int | None = None
    attempt_id: int | None = None
    failed: bool = False
    """The last attempt that was graded was not passed."""


@dataclass(frozen=True)
class MyCourse:
    """One enrolment. Hours are class hours (学时); of a completed one they are those of its completion."""

    enrolment: Enrolment
    title: str
    course_hours: Fraction
    hours: Fraction
    required_hours: Fraction
    lessons: int
    done: int
    next: courses.LessonLength | None
    uncounted_seconds: int
    shut: courses.LessonLength | None
    """A lesson that somebody has to open again."""
    confirm_by: dt.datetime | None
    """Until then a question must be answered, or time that was learned does not count."""
    ends_on: dt.date | None
    """The last day of learning, where there is one."""
    is_over: bool
    exam: MyExam
    completion_id: int | None
    completed_on: dt.date | None

    @property
    def is_completed(self) -> bool:
        return self.completion_id is not None

    @property
    def is_learned(self) -> bool:
        return self.hours >= self.required_hours and self.done == self.lessons

    @property
    def missing_hours(self) -> Fraction:
        return max(Fraction(0), self.required_hours - self.hours)


def courses_of(user: User, *, at: dt.datetime) -> list[MyCourse]:
    """Active and completed courses, the one with the lesson learned last in front, then the newest; completed ones last."""
    rows = list(enrolments_of(user)[:MOST])
    active = [row for row in rows if row.state == ACTIVE]
    known = _Known(active)
    plans = courses.plans({row.version_id for row in rows}, with_lessons={row.version_id for row in active})
    stored = {
        row.enrolment_id: row
        for row in Completion.objects.filter(enrolment__in=[row.pk for row in rows if row.state != ACTIVE])
    }
    last = last_place(user)
    found = [
        _completed(row, plans[row.version_id], stored[row.pk])
        if row.pk in stored
        else known.course(row, plans[row.version_id], last=last, at=at)
        for row in rows
    ]
    first = last[0] if last else None
    return sorted(found, key=lambda row: (row.is_completed, row.enrolment.pk != first))


def last_place(user: User) -> tuple[int, int] | None:
    """Enrolment and lesson (ids) where the person learned last: the player that is open, else the newest of the ledger."""
    live = PlaySession.objects.filter(user_id=user.pk, state=LIVE).values_list("enrolment_id", "lesson_id")
    return (
        live.first()
        or LedgerRow.objects.filter(user_id=user.pk)
        .order_by("-place")
        .values_list("enrolment_id", "lesson_id")
        .first()
    )


def _completed(row: Enrolment, plan: courses.Plan, completion: Completion) -> MyCourse:
    facts = completion.facts
    exam = facts.get("exam", {})
    return MyCourse(
        enrolment=row,
        title=plan.title,
        course_hours=plan.hours,
        hours=Fraction(facts["valid_hours"]),
        required_hours=Fraction(facts.get("required_hours", facts["valid_hours"])),
        lessons=facts.get("lessons", 0),
        done=facts.get("lessons", 0),
        next=None,
        uncounted_seconds=0,
        shut=None,
        confirm_by=None,
        ends_on=None,
        is_over=False,
        exam=MyExam("passed", score=exam.get("score_percent"), attempt_id=exam.get("attempt")),
        completion_id=completion.pk,
        completed_on=dt.date.fromisoformat(facts["completed_on"]),
    )


class _Known:
    """What is stored of the enrolments under way: five statements, and one more where learning has an end."""

    def __init__(self, rows: list[Enrolment]) -> None:
        self.last_days = last_days(rows)
        ids = [row.pk for row in rows]
        self.covered: dict[int, dict[int, Coverage]] = defaultdict(dict)
        for row in Coverage.objects.filter(enrolment__in=ids).only(
            "enrolment_id", "lesson_id", "covered_ms", "held_at", "shut_at"
        ):
            self.covered[row.enrolment_id][row.lesson_id] = row
        self.ms: dict[tuple[int, str], int] = {
            (enrolment, entry): ms
            for enrolment, entry, ms in LedgerRow.objects.filter(enrolment__in=ids)
            .order_by()
            .values_list("enrolment_id", "entry")
            .annotate(Sum("ms"))
        }
        self.granted: dict[int, int] = dict(
            Contest.objects.filter(enrolment__in=ids, state=GRANTED)
            .order_by()
            .values_list("enrolment_id")
            .annotate(Sum("row__answers__ms"))
        )
        self.quizzes: dict[int, set[int]] = defaultdict(set)
        passed = QuizResult.objects.filter(enrolment__in=ids, passed=True).order_by()
        for enrolment, lesson in passed.values_list("enrolment_id", "lesson_id"):
            self.quizzes[enrolment].add(lesson)
        self.attempts: dict[int, list[Attempt]] = defaultdict(list)
        known = Attempt.objects.filter(enrolment__in=ids).annotate(**SET_ASIDE)
        for row in known.order_by("number").defer("question_ids", "right_ids"):
            self.attempts[row.enrolment_id].append(row)

    def _counted_ms(self, enrolment_id: int) -> int:
        credit, taken = LedgerRow.Entry.CREDIT, LedgerRow.Entry.TAKEN
        return self.ms.get((enrolment_id, credit), 0) - self.ms.get((enrolment_id, taken), 0)

    def _uncounted_ms(self, enrolment_id: int) -> int:
        """What was refused and not granted since."""
        return self.ms.get((enrolment_id, LedgerRow.Entry.REFUSED), 0) - self.granted.get(enrolment_id, 0)

    def course(
        self, row: Enrolment, plan: courses.Plan, *, last: tuple[int, int] | None, at: dt.datetime
    ) -> MyCourse:
        covered, quizzes, edition = self.covered[row.pk], self.quizzes[row.pk], row.edition
        undone = [
            lesson
            for lesson in plan.lessons
            if not (lesson.id in quizzes if lesson.kind == "quiz" else _is_done(lesson, covered, edition))
        ]
        here = next((lesson for lesson in undone if last == (row.pk, lesson.id)), None)
        shut = [lesson for lesson in plan.lessons if lesson.id in covered and covered[lesson.id].shut_at]
        held = [seen.held_at for seen in covered.values() if seen.held_at]
        window = dt.timedelta(hours=edition.confirm_within_hours)
        hours = time.whole_hours(self._counted_ms(row.pk), plan.hours, edition)
        required = required_hours(row, plan.hours)
        learned = not undone and hours >= required
        ends_on = self.last_days.get(row.pk)
        is_over = ends_on is not None and clock.today(at) > ends_on
        return MyCourse(
            enrolment=row,
            title=plan.title,
            course_hours=plan.hours,
            hours=hours,
            required_hours=required,
            lessons=len(plan.lessons),
            done=len(plan.lessons) - len(undone),
            next=here or next((lesson for lesson in undone if lesson not in shut), None),
            uncounted_seconds=-(-self._uncounted_ms(row.pk) // 1000),
            shut=shut[0] if shut else None,
            confirm_by=min(held) + window if held else None,
            ends_on=ends_on,
            is_over=is_over,
            exam=_exam(self.attempts[row.pk], plan, learned=learned and not is_over, at=at),
            completion_id=None,
            completed_on=None,
        )


def _is_done(lesson: courses.LessonLength, covered: dict[int, Coverage], edition: object) -> bool:
    seen = covered.get(lesson.id)
    return seen is not None and time.is_done(seen.covered_ms, time.length_of(lesson, edition))


def _exam(attempts: list[Attempt], plan: courses.Plan, *, learned: bool, at: dt.datetime) -> MyExam:
    if plan.attempts is None:
        return MyExam("none")
    for attempt in attempts:
        if attempt.is_passed:
            return MyExam("passed", score=attempt.score_percent, attempt_id=attempt.pk)
        if attempt.is_running:
            return MyExam("running", at=attempt.ends_at, attempt_id=attempt.pk)
        if attempt.is_marking:
            return MyExam("marking", attempt_id=attempt.pk)
    newest = attempts[-1] if attempts else None
    told = {"score": newest.score_percent, "attempt_id": newest.pk, "failed": True} if newest else {}
    next_at = next_attempt_at(recent_of(attempts, at=at), plan.attempts, at)
    state = "closed" if not learned else "waiting" if next_at else "open"
    return MyExam(state, at=next_at, **told)
