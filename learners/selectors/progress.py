"""How far an enrolment is: lessons done, hours counted, and whether the closing exam is open, with every reason why not."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import terms
from learners.models import Attempt, Enrolment, QuizResult, Submission
from learners.selectors import time
from learners.selectors.appeals import SET_ASIDE
from learners.selectors.extra_time import extra_minutes
from learners.selectors.intake import is_over
from learners.selectors.outlines import outline_of
from learners.selectors.packages import PackageWord, package_words
from learners.selectors.practice import passed_tasks, waiting_lessons
from portal.accounts import selectors as people


@dataclass(frozen=True)
class LessonStanding:
    """A lesson with how much of it counts. Times are milliseconds; a quiz has none."""

    lesson: courses.LessonFacts
    covered_ms: int
    required_ms: int
    done: bool
    said: str | Promise = ""
    """What an imported package says, or where a film of practical work is; it stands in no sum."""

    @property
    def covered_seconds(self) -> int:
        return self.covered_ms // 1000

    @property
    def required_seconds(self) -> int:
        return self.required_ms // 1000


@dataclass(frozen=True)
class Progress:
    """Hours are class hours (学时). `lessons` are those that count; `rows` are all of the course, in order."""

    outline: courses.Outline
    lessons: tuple[LessonStanding, ...]
    rows: tuple[LessonStanding, ...]
    hours: Fraction
    required_hours: Fraction
    practice: tuple[LessonStanding, ...] = ()
    """Practical tasks, in order: the completion waits for them, the exam does not."""

    @property
    def is_practised(self) -> bool:
        return all(row.done for row in self.practice)

    @property
    def next_practice(self) -> LessonStanding | None:
        return next((row for row in self.practice if not row.done), None)

    @property
    def course_hours(self) -> Fraction:
        return self.outline.hours

    @property
    def missing_hours(self) -> Fraction:
        return max(Fraction(0), self.required_hours - self.hours)

    @property
    def done(self) -> int:
        return sum(row.done for row in self.lessons)

    @property
    def next(self) -> LessonStanding | None:
        return next((row for row in self.lessons if not row.done), None)

    @property
    def is_learned(self) -> bool:
        """Hours and lessons suffice for the closing exam."""
        return self.hours >= self.required_hours and self.done == len(self.lessons)


def required_hours(enrolment: Enrolment, course_hours: Fraction) -> Fraction:
    return course_hours * enrolment.required_percent / 100


def progress(enrolment: Enrolment) -> Progress:
    outline = outline_of(enrolment)
    seen = time.progress_by_lesson(enrolment)
    passed = passed_quizzes(enrolment)
    imported = any(lesson.kind == "package" for lesson in outline.lessons)
    words = package_words(enrolment) if imported else {}
    tasks = [lesson.id for lesson in outline.lessons if lesson.has_task]
    mastered, waiting = passed_tasks(enrolment, tasks), waiting_lessons(enrolment, tasks)
    rows = tuple(
        _standing(lesson, seen, passed)
        if lesson.is_counted
        else _practical(lesson, seen, mastered, waiting)
        if lesson.has_task
        else _elsewhere(lesson, seen, words)
        for lesson in outline.lessons
    )
    return Progress(
        outline=outline,
        lessons=tuple(row for row in rows if row.lesson.is_counted),
        rows=rows,
        hours=min(time.valid_hours(enrolment), outline.hours),
        required_hours=required_hours(enrolment, outline.hours),
        practice=tuple(row for row in rows if row.lesson.has_task),
    )


def _practical(
    lesson: courses.LessonFacts, seen: dict, mastered: dict[int, Submission], waiting: frozenset[int]
) -> LessonStanding:
    """Done when its film is passed; practice on site may earn time besides."""
    done = lesson.id in mastered
    said = _("Passed") if done else _("Being assessed") if lesson.id in waiting else _("To be filmed")
    row = seen[lesson.id]
    covered = min(row.covered_ms, row.required_ms)
    return LessonStanding(lesson, covered, row.required_ms, done=done, said=said)


def _standing(lesson: courses.LessonFacts, seen: dict, passed: frozenset[int]) -> LessonStanding:
    row = seen.get(lesson.id)
    if lesson.kind == "quiz":
        return LessonStanding(lesson, 0, 0, done=lesson.id in passed)
    if row is None:
        return LessonStanding(lesson, 0, lesson.seconds * 1000, done=False)
    covered = min(row.covered_ms, row.required_ms)
    return LessonStanding(lesson, covered, row.required_ms, done=row.done)


def _elsewhere(lesson: courses.LessonFacts, seen: dict, words: dict[int, PackageWord]) -> LessonStanding:
    """The exam waits for none of these. Classes, practice and packages may earn time; the others are never done."""
    found, row = words.get(lesson.id), seen[lesson.id]
    covered = min(row.covered_ms, row.required_ms)
    said = found.word if found else ""
    return LessonStanding(lesson, covered, row.required_ms, done=row.done, said=said)


def passed_quizzes(enrolment: Enrolment) -> frozenset[int]:
    rows = QuizResult.objects.filter(enrolment=enrolment, passed=True)
    return frozenset(rows.values_list("lesson_id", flat=True))


@dataclass(frozen=True)
class ExamStanding:
    """Whether an attempt may begin now. `reasons` are (code, sentence), empty when it may."""

    progress: Progress
    blueprint: courses.Blueprint
    attempts: tuple[Attempt, ...]
    running: Attempt | None
    passed: Attempt | None
    marking: Attempt | None
    used: int
    next_at: dt.datetime | None
    extra_minutes: int
    reasons: tuple[tuple[str, str | Promise], ...]

    @property
    def is_open(self) -> bool:
        return not self.reasons and self.running is None and self.passed is None

    @property
    def minutes(self) -> int:
        """For an attempt that begins now."""
        return self.blueprint.minutes + self.extra_minutes

    @property
    def left(self) -> int:
        return max(0, self.blueprint.attempts - self.used)


BEING_MARKED = ("being_marked", _("Your last exam is still being marked by an instructor."))
NOT_VERIFIED = ("not_verified", _("First register with your real name."))
HOURS_MISSING = ("hours_missing", _("Not enough counted hours yet."))
LESSONS_OPEN = ("lessons_open", _("Some lessons are not done yet."))
OVER = ("learning_over", _("Learning in this course has ended."))
WAIT = ("cooling_off", _("A short break between two attempts is required."))
USED_UP = ("attempts_used_up", _("All attempts are used up. They begin anew after 30 days."))


def exam_standing(enrolment: Enrolment, *, at: dt.datetime) -> ExamStanding:
    far = progress(enrolment)
    blueprint = courses.exam_blueprint(far.outline)
    attempts = tuple(Attempt.objects.filter(enrolment=enrolment).annotate(**SET_ASIDE).order_by("number"))
    recent = recent_of(attempts, at=at)
    next_at = next_attempt_at(recent, blueprint.attempts, at)
    marking = next((row for row in attempts if row.is_marking), None)
    reasons = []
    if marking is not None:
        reasons.append(BEING_MARKED)
    if not people.is_real_name_verified(enrolment.user):
        reasons.append(NOT_VERIFIED)
    if far.hours < far.required_hours:
        reasons.append(HOURS_MISSING)
    if far.done < len(far.lessons):
        reasons.append(LESSONS_OPEN)
    if is_over(enrolment, at=at):
        reasons.append(OVER)
    if next_at is not None:
        reasons.append(USED_UP if len(recent) >= blueprint.attempts else WAIT)
    return ExamStanding(
        progress=far,
        blueprint=blueprint,
        attempts=attempts,
        running=next((row for row in attempts if row.is_running), None),
        marking=marking,
        passed=next((row for row in attempts if row.is_passed), None),
        used=len(recent),
        next_at=next_at,
        extra_minutes=extra_minutes(enrolment),
        reasons=tuple(reasons),
    )


def recent_of(attempts: Iterable[Attempt], *, at: dt.datetime) -> list[Attempt]:
    """Those that use up the allowance: the last days', but for what an appeal set aside."""
    return [row for row in attempts if row.started_at > at - terms.ATTEMPTS_RENEW and not row.is_set_aside]


def next_attempt_at(recent: list[Attempt], allowed: int, at: dt.datetime) -> dt.datetime | None:
    """When the next attempt may begin, or None for now."""
    moments = []
    if len(recent) >= allowed:
        moments.append(recent[len(recent) - allowed].started_at + terms.ATTEMPTS_RENEW)
    ended = [row.graded_at for row in recent if row.graded_at]
    if ended:
        moments.append(max(ended) + terms.COOLING_OFF)
    later = [moment for moment in moments if moment > at]
    return max(later) if later else None


@dataclass(frozen=True)
class TopicScore:
    title: str
    right: int
    total: int


def topics(attempt: Attempt, right_ids: frozenset[int]) -> list[TopicScore]:
    """A graded attempt by the lesson its questions belong to. Says how many were right, never which, never the key."""
    outline = outline_of(attempt.enrolment)
    lesson_of = {qid: lesson.title for lesson in outline.lessons for qid in lesson.question_ids}
    order = [lesson.title for lesson in outline.lessons]
    sums: dict[str, list[int]] = {}
    for question_id in attempt.question_ids:
        row = sums.setdefault(lesson_of.get(question_id, ""), [0, 0])
        row[0] += question_id in right_ids
        row[1] += 1
    return [
        TopicScore(title, right, total)
        for title, (right, total) in sorted(
            sums.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)
        )
    ]
