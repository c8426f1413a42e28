from learners.models.appeals import Appeal, AppealMark
from learners.models.asking import Enquiry, Post
from learners.models.assessment import Answer, Attempt, QuizResult
from learners.models.editions import CountingEdition
from learners.models.enrolment import Completion, Enrolment, KeyGroupMembership
from learners.models.extra_time import ExtraTime
from learners.models.faq import AskingPause, FaqEntry, MeToo, Report
from learners.models.figures import ExamFigures, QuestionFigures
from learners.models.integrity import IntegritySignal
from learners.models.marking import HandMark
from learners.models.packages import PackageState
from learners.models.practice import Assessment, Submission
from learners.models.proofs import EditionTrial, LedgerProof
from learners.models.regrading import Regrade, Regrading
from learners.models.time import Coverage, LedgerHead, LedgerRow, PlaySession, Tape

__all__ = [
    "Answer",
    "Appeal",
    "AppealMark",
    "AskingPause",
    "Assessment",
    "Attempt",
    "Completion",
    "CountingEdition",
    "Coverage",
    "EditionTrial",
    "Enquiry",
    "Enrolment",
    "ExamFigures",
    "ExtraTime",
    "FaqEntry",
    "HandMark",
    "IntegritySignal",
    "KeyGroupMembership",
    "LedgerHead",
    "LedgerProof",
    "LedgerRow",
    "MeToo",
    "PackageState",
    "PlaySession",
    "Post",
    "QuestionFigures",
    "QuizResult",
    "Regrade",
    "Regrading",
    "Report",
    "Submission",
    "Tape",
]
