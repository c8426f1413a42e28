from learners.models.assessment import Answer, Attempt, QuizResult
from learners.models.editions import CountingEdition
from learners.models.enrolment import Completion, Enrolment, KeyGroupMembership

__all__ = [
    "Answer",
    "Attempt",
    "Completion",
    "CountingEdition",
    "Enrolment",
    "KeyGroupMembership",
    "QuizResult",
]
