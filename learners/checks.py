"""Presence checks: which questions are asked, and whether they were answered.

The draw depends on the lesson's secret seed and the number of the check alone, so leaving and coming back asks the
same. The ladder: one question; after a failure on the lesson, two, both to be right; after the last, a person.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from courses import selectors as courses
from portal import crypto

QUICK = frozenset({"single", "multiple", "true_false"})
"""Kinds that are answered with a tick while a film stands still."""


def seed_of(enrolment_id: int, lesson_id: int) -> str:
    """The seed of a lesson's draws: nobody outside can work it out."""
    return crypto.blind_index(f"{enrolment_id}|{lesson_id}", purpose="presence checks").hex()[:32]


def questions_of(lesson_id: int, seed: str, number: int, *, failures: int) -> list[courses.QuestionFacts]:
    """Empty where the lesson has no questions of these kinds: then a button asks whether somebody is there."""
    bank = courses.presence_questions(lesson_id, QUICK)
    rungs = 1 if failures == 0 else 2

    def place(question: courses.QuestionFacts) -> bytes:
        return hashlib.sha256(f"{seed}|{number}|{question.id}".encode()).digest()

    return sorted(bank, key=place)[:rungs]


@dataclass(frozen=True)
class Tried:
    """What came of a try at a question of the film; `why` is told with a right answer."""

    right: bool
    why: str


def tried(question_id: int, chosen: frozenset[str]) -> Tried:
    """Nothing is written down: one may try as often as one likes."""
    right = courses.is_right(question_id, chosen)
    return Tried(right, courses.why(question_id) if right else "")


def all_right(asked: list[courses.QuestionFacts], answers: Mapping[int, frozenset[str]]) -> bool:
    return all(courses.is_right(question.id, answers.get(question.id, frozenset())) for question in asked)
