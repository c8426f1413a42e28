"""Learning time that no player tells: pages read without a script, and quizzes. Same ledger, same limits."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import selectors as courses
from learners import checks, ranges, workflow
from learners.fitting import unseen
from learners.models import Coverage, Enrolment, LedgerRow
from learners.selectors import time as hours
from learners.selectors.editions import edition as edition_of
from learners.selectors.editions import rule_of
from learners.selectors.outlines import outline_of
from learners.services import alone, intake, ledger, play, settling
from learners.states import Post
from portal import clock
from portal.accounts.models import User
from portal.rules import RuleBroken

LONGEST_READING = dt.timedelta(hours=12)


class CheckFailed(RuleBroken):
    """Stored, with what it cost; the page says what to do."""

    code = "check_failed"
    message = _(
        "The question was not answered correctly, so this time did not count. Read the page again and answer once more."
    )


class NothingToRead(RuleBroken):
    code = "nothing_to_read"
    message = _("This lesson has no text that could count as reading.")


@dataclass(frozen=True)
class Reading:
    """What pressing "I have read this" earned; ms. `possible`: what the text is worth in all."""

    credited: int
    missing: int
    right: bool


def credit(
    enrolment: Enrolment,
    lesson: courses.LessonFacts,
    *,
    kind: str,
    wall: tuple[dt.datetime, dt.datetime],
    seconds: int,
    at: dt.datetime,
) -> int:
    """Confirmed time outside a player, such as a quiz: gives the ms that were credited.

    At most the wall time that nothing else was credited for, what is left of the day, and for quizzes the edition's
    share of the course. What is refused is written with its reason. A second call for the same minutes credits nothing.
    """
    with transaction.atomic():
        coverage = play.locked_coverage(enrolment, lesson.id)
        edition = edition_of(enrolment.edition_id)
        span = clock.milliseconds(wall[0]), clock.milliseconds(wall[1])
        wanted = min(max(0, seconds) * 1000, max(0, span[1] - span[0]))
        most = _quiz_share_left(enrolment) if kind == LedgerRow.Kind.QUIZ else wanted
        before = _credited(enrolment, lesson.id)
        posts = []
        if min(wanted, most) > 0:
            posts.append(Post(*span, _line(before, min(wanted, most)), min(wanted, most)))
        if wanted > most:
            posts.append(Post(*span, (), wanted - most, "quiz_share"))
        cap = rule_of(edition).daily_cap
        written = ledger.post(coverage, posts, kind=kind, edition_id=edition.pk, daily_cap=cap, at=at)
        settling.merge(coverage, written)
        coverage.save(update_fields=["covered", "covered_ms"])
        return ranges.total(written)


def _line(start: int, length: int) -> ranges.Ranges:
    """Quizzes have no film: their time is laid end to end."""
    return ((start, start + length),)


def _credited(enrolment: Enrolment, lesson_id: int) -> int:
    covered = Coverage.objects.filter(enrolment=enrolment, lesson_id=lesson_id)
    ends = [piece[1] for row in covered.values_list("covered", flat=True) for piece in row]
    return max(ends, default=0)


def _quiz_share_left(enrolment: Enrolment) -> int:
    edition = edition_of(enrolment.edition_id)
    whole = int(outline_of(enrolment).hours * edition.class_hour_seconds * 1000)
    rows = LedgerRow.objects.filter(enrolment=enrolment, kind=LedgerRow.Kind.QUIZ, entry="credit")
    used = sum(rows.values_list("ms", flat=True))
    return max(0, whole * edition.quiz_share_percent // 100 - used)


def text_ms(lesson: courses.LessonFacts, enrolment: Enrolment) -> int:
    """What reading the lesson's text is worth in ms: the page, or the transcript of a film (never more than the film)."""
    edition = edition_of(enrolment.edition_id)
    if lesson.kind == "reading":
        return hours.length_of(lesson, edition)
    letters = sum(not letter.isspace() for letter in lesson.transcript)
    return min(lesson.seconds * 1000, hours.reading_ms(letters, edition))


def read_page(
    enrolment: Enrolment,
    lesson: courses.LessonFacts,
    *,
    by: User,
    opened_at: dt.datetime,
    at: dt.datetime,
    answers: Mapping[int, frozenset[str]],
) -> Reading:
    """The learner says to have read the text, or worked through the package, and answers its question; without any script.

    Credits min(wall since `opened_at`, characters / reading speed), less what was counted before; of a package what its
    openings have earned, and where they have earned nothing, nothing is asked. A wrong answer is stored with the time
    it cost. Raises NotLearning, intake.LearningOver, LessonShut, NothingToRead, alone.BeingHelped.
    """
    with transaction.atomic():
        if enrolment.state != workflow.ACTIVE:
            raise play.NotLearning
        intake.must_be_open(enrolment, at=at)
        kind = LedgerRow.Kind.PACKAGE if lesson.is_timed_package else LedgerRow.Kind.READING
        worth = 0 if lesson.is_timed_package else text_ms(lesson, enrolment)
        if not worth and not lesson.is_timed_package:
            raise NothingToRead
        play.take_over(by, at=at)
        coverage = play.locked_coverage(enrolment, lesson.id)
        if coverage.shut_at:
            raise play.LessonShut
        edition = edition_of(enrolment.edition_id)
        play.lapse_if_overdue(coverage, edition, at=at)
        opened_at = alone.alone_since(by, opened_at, at=at)
        since = max(opened_at, at - LONGEST_READING, enrolment.enrolled_at)
        posts = [
            *unseen(_held_posts(coverage), ranges.from_json(coverage.covered)),
            *_reading_posts(coverage, worth, since, at),
        ]
        if lesson.is_timed_package and not posts:
            return Reading(credited=0, missing=0, right=True)
        asked = checks.questions_of(lesson.id, coverage.seed, coverage.checks + 1, failures=coverage.failures)
        right = checks.all_right(asked, answers)
        coverage.checks += 1
        rule = rule_of(edition)
        if right:
            coverage.passed += 1
        else:
            posts = [Post(p.wall_from, p.wall_to, p.media, p.credit, "check_failed") for p in posts]
            coverage.failures += 1
            if coverage.failures >= rule.check_failures:
                settling.shut(coverage, at=at)
        written = ledger.post(
            coverage, posts, kind=kind, edition_id=edition.pk, daily_cap=rule.daily_cap, at=at
        )
        settling.merge(coverage, written)
        coverage.held, coverage.held_ms, coverage.held_at = [], 0, None
        coverage.save()
        return Reading(
            credited=ranges.total(written), missing=max(0, worth - coverage.covered_ms), right=right
        )


def _held_posts(coverage: Coverage) -> list[Post]:
    """What an earlier session left waiting is answered for by the same question."""
    stretches = [play.stretch(row) for row in coverage.held]
    return [Post(s.wall_from, s.wall_to, s.media, s.credit) for s in stretches]


def _reading_posts(coverage: Coverage, worth: int, opened_at: dt.datetime, at: dt.datetime) -> list[Post]:
    """One credit for each piece of wall time that is still free, until the text's worth is used up."""
    start, end = clock.milliseconds(opened_at), clock.milliseconds(at)
    seen = ranges.from_json(coverage.covered) + hours.held_media(coverage.held)
    unread = ranges.without([(0, worth)], seen)
    taken = ledger.credited_wall(coverage.user_id, start, end) + hours.held_wall(coverage.user_id)
    posts = []
    for wall in ranges.without([(start, end)], taken):
        media = ranges.first(unread, wall[1] - wall[0])
        if media:
            posts.append(Post(*wall, media, ranges.total(media)))
        unread = ranges.without(unread, media)
    return posts


def page_questions(enrolment: Enrolment, lesson: courses.LessonFacts) -> list[courses.QuestionFacts]:
    """The questions that "I have read this" will be checked by. Reads only."""
    row = Coverage.objects.filter(enrolment=enrolment, lesson_id=lesson.id).first()
    if row is None:
        row = Coverage(seed=checks.seed_of(enrolment.pk, lesson.id))
    return checks.questions_of(lesson.id, row.seed, row.checks + 1, failures=row.failures)
