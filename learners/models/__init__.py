from learners.models.assessment import Answer, Attempt, QuizResult
from learners.models.classes import Attendance, CodeTry, Meeting, Press
from learners.models.contests import Contest, Correction
from learners.models.editions import CountingEdition
from learners.models.enrolment import Completion, Enrolment, KeyGroupMembership
from learners.models.packages import PackageState
from learners.models.time import Beat, Coverage, LedgerHead, LedgerRow, PlaySession

__all__ = [
    "Answer",
    "Attempt",
    "Attendance",
    "Beat",
    "CodeTry",
    "Completion",
    "Contest",
    "Correction",
    "CountingEdition",
    "Coverage",
    "Enrolment",
    "KeyGroupMembership",
    "LedgerHead",
    "LedgerRow",
    "Meeting",
    "PackageState",
    "PlaySession",
    "Press",
    "QuizResult",
]
