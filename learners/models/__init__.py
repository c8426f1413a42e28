from learners.models.assessment import Answer, Attempt, QuizResult
from learners.models.editions import CountingEdition
from learners.models.enrolment import Completion, Enrolment, KeyGroupMembership
from learners.models.packages import PackageState
from learners.models.practice import Assessment, Submission
from learners.models.time import Beat, Coverage, LedgerHead, LedgerRow, PlaySession

__all__ = [
    "Answer",
    "Assessment",
    "Attempt",
    "Beat",
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
    "Submission",
]
