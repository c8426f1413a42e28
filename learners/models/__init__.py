from learners.models.asking import Enquiry, Post
from learners.models.assessment import Answer, Attempt, QuizResult
from learners.models.earlier import EarlierEnrolment
from learners.models.editions import CountingEdition
from learners.models.enrolment import Completion, Enrolment, KeyGroupMembership
from learners.models.faq import AskingPause, FaqEntry, MeToo, Report
from learners.models.marking import HandMark
from learners.models.packages import PackageState
from learners.models.practice import Assessment, Submission
from learners.models.time import Coverage, LedgerHead, LedgerRow, PlaySession, Tape

__all__ = [
    "Answer",
    "AskingPause",
    "Assessment",
    "Attempt",
    "Completion",
    "CountingEdition",
    "Coverage",
    "EarlierEnrolment",
    "Enquiry",
    "Enrolment",
    "FaqEntry",
    "HandMark",
    "KeyGroupMembership",
    "LedgerHead",
    "LedgerRow",
    "MeToo",
    "PackageState",
    "PlaySession",
    "Post",
    "QuizResult",
    "Report",
    "Submission",
    "Tape",
]
