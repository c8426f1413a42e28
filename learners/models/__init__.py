from learners.models.assessment import Answer, Attempt, QuizResult
from learners.models.editions import CountingEdition
from learners.models.enrolment import Completion, Enrolment, KeyGroupMembership
from learners.models.packages import PackageState
from learners.models.time import Coverage, LedgerHead, LedgerRow, PlaySession, Tape

__all__ = [
    "Answer",
    "Attempt",
    "Completion",
    "CountingEdition",
    "Coverage",
    "Enrolment",
    "KeyGroupMembership",
    "LedgerHead",
    "LedgerRow",
    "PackageState",
    "PlaySession",
    "QuizResult",
    "Tape",
]
