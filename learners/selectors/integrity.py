"""Signals about exams: the facts they are worked out from, whose desk they lie on, and what it shows."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise

from courses import selectors as courses
from learners import integrity
from learners.models import Answer, Attempt, IntegritySignal, LedgerRow, PlaySession, QuestionFigures
from learners.selectors.beats import events_of
from learners.selectors.desks import on_the_desk
from portal import clock
from portal.accounts import selectors as people
from portal.accounts.models import User
from portal.accounts.roles import Role

LOOKERS = (Role.PROVINCE_CATALOGUE,)
SIGNAL_ROLES = (*LOOKERS, Role.AUDITOR)
MOST_COMPARED, MOST_SESSIONS, MOST_PIECES = 200, 12, 5_000
"""What one attempt is held against at most, so that its work is the same in a course of ten and of a million."""


def wrong_answers(attempts: Iterable[Attempt]) -> dict[int, dict[int, str]]:
    """By attempt and question, those that have an answer and no full points. One statement for all."""
    right = {row.pk: frozenset(row.right_ids) for row in attempts}
    later = Answer.objects.filter(
        attempt_id=OuterRef("attempt_id"), question_id=OuterRef("question_id"), seq__gt=OuterRef("seq")
    )
    rows = Answer.objects.filter(attempt_id__in=right).filter(~Exists(later)).order_by()
    wrong: dict[int, dict[int, str]] = {pk: {} for pk in right}
    for attempt_id, question_id, chosen in rows.values_list("attempt_id", "question_id", "chosen"):
        if chosen and question_id not in right[attempt_id]:
            wrong[attempt_id][question_id] = " ".join(chosen)
    return wrong


def attempts_to_compare(attempt: Attempt) -> list[Attempt]:
    """The newest graded exams of the same version by other learners of the same province."""
    rows = Attempt.objects.graded().filter(
        province_id=attempt.province_id, enrolment__version_id=attempt.enrolment.version_id
    )
    rows = rows.exclude(enrolment__user_id=attempt.enrolment.user_id).order_by("-pk")
    return list(rows.only("pk", "right_ids")[:MOST_COMPARED])


def twins_of(attempt: Attempt) -> dict[int, float]:
    """How likely two wrong answers are the same, by question, from the figures of all exams."""
    guide = courses.marking_guide(attempt.question_ids)
    rows = QuestionFigures.objects.filter(question_id__in=attempt.question_ids)
    return {
        row.question_id: integrity.twin_chance(
            row.answers,
            guide[row.question_id].right_keys,
            ordered=guide[row.question_id].question.kind == "ordering",
        )
        for row in rows
    }


def saves_of(attempt: Attempt) -> list[integrity.Save]:
    before, saves = attempt.started_at, []
    rows = Answer.objects.filter(attempt=attempt).order_by("seq")
    for question_id, saved_at in rows.values_list("question_id", "saved_at"):
        saves.append(integrity.Save(question_id, (saved_at - before).total_seconds()))
        before = saved_at
    return saves


def letters_of(attempt: Attempt) -> dict[int, int]:
    return {
        qid: len(facts.stem) + sum(len(text) for _key, text in facts.options)
        for qid, facts in courses.questions(attempt.question_ids).items()
    }


def sessions_of(attempt: Attempt) -> list[list]:
    """What the player told in the newest closed sessions of the course before the exam."""
    rows = PlaySession.objects.filter(enrolment_id=attempt.enrolment_id, opened_at__lt=attempt.started_at)
    rows = rows.exclude(closed_at=None).order_by("-opened_at").prefetch_related("tapes")
    return [events_of(row) for row in rows[:MOST_SESSIONS]]


def counted_pieces(attempt: Attempt) -> list[tuple[dt.datetime, int]]:
    rows = LedgerRow.objects.filter(enrolment_id=attempt.enrolment_id, entry=LedgerRow.Entry.CREDIT)
    rows = rows.exclude(kind=LedgerRow.Kind.QUIZ).order_by("-id").values_list("wall", "ms")
    return [(wall.lower.astimezone(clock.SHANGHAI), ms // 1000) for wall, ms in rows[:MOST_PIECES]]


def signals_visible_to(user: User) -> QuerySet[IntegritySignal]:
    """Nobody sees those about themselves at a desk."""
    rows = on_the_desk(IntegritySignal.objects.exclude(user=user), user, SIGNAL_ROLES)
    return rows.select_related("attempt", "other", "closed_by")


def may_close(user: User, signal: IntegritySignal) -> bool:
    rows = on_the_desk(IntegritySignal.objects.exclude(user=user), user, LOOKERS)
    return rows.filter(pk=signal.pk).exists()


def open_signals(user: User) -> QuerySet[IntegritySignal]:
    """Those that wait at the reader's desk."""
    return on_the_desk(IntegritySignal.objects.open().exclude(user=user), user, LOOKERS)


@dataclass(frozen=True)
class SignalLine:
    """A signal in words. `learner` is masked; `other_number` is the learning number it was compared with."""

    id: int
    kind: str
    title: str | Promise
    seen: str
    meaning: str | Promise
    otherwise: str | Promise
    course: str
    course_title: str
    number: int
    learner: str
    attempt: int
    result: str
    score: int
    other_number: int | None
    found_at: dt.datetime
    state: str
    state_in_words: str
    closed_at: dt.datetime | None
    closed_by: str
    note: str


def described(rows: Iterable[IntegritySignal]) -> list[SignalLine]:
    """In few statements however many there are."""
    rows = list(rows)
    names = people.masked_names_of({row.user_id for row in rows})
    outlines = courses.outlines({row.version_id for row in rows}) if rows else {}
    return [_line(row, names.get(row.user_id, ""), outlines[row.version_id]) for row in rows]


def _line(row: IntegritySignal, learner: str, outline: courses.Outline) -> SignalLine:
    kind = integrity.KINDS[row.kind]
    return SignalLine(
        id=row.pk,
        kind=row.kind,
        title=kind.title,
        seen=str(kind.seen) % {name: f"{number:,}" for name, number in row.facts.items()},
        meaning=kind.meaning,
        otherwise=kind.otherwise,
        course=outline.course_code,
        course_title=outline.title,
        number=row.attempt.enrolment_id,
        learner=learner,
        attempt=row.attempt.number,
        result=row.attempt.state,
        score=row.attempt.score_percent,
        other_number=row.other.enrolment_id if row.other else None,
        found_at=row.found_at,
        state=row.state,
        state_in_words=row.get_state_display(),
        closed_at=row.closed_at,
        closed_by=str(row.closed_by) if row.closed_by else "",
        note=row.note,
    )
