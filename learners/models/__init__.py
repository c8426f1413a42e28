from learners.models.appeals import Appeal, AppealMark
from learners.models.asking import Enquiry, Post
from learners.models.assessment import Answer, Attempt, QuizResult
from learners.models.classes import Attendance, CodeTry, Meeting, Press
from learners.models.contests import Contest, Correction
from learners.models.earlier import EarlierEnrolment
from learners.models.editions import CountingEdition
from learners.models.enrolment import Completion, Enrolment
from learners.models.extra_time import ExtraTime
from learners.models.faq import AskingPause, FaqEntry, MeToo, Report
from learners.models.figures import ExamFigures, QuestionFigures
from learners.models.help import HelpSession
from learners.models.intake import Intake, Prerequisite, WaitingPlace
from learners.models.integrity import IntegritySignal
from learners.models.key_groups import KeyGroupMembership
from learners.models.marking import HandMark
from learners.models.packages import PackageSession, PackageState
from learners.models.practice import Assessment, Submission
from learners.models.proofs import EditionTrial, LedgerProof
from learners.models.regrading import Regrade, Regrading
from learners.models.roster import Invitation, Roster, RosterRow
from learners.models.time import Coverage, LedgerHead, LedgerRow, PlaySession, Tape

__all__ = [
    "Answer",
    "Appeal",
    "AppealMark",
    "AskingPause",
    "Assessment",
    "Attempt",
    "Attendance",
    "CodeTry",
    "Completion",
    "Contest",
    "Correction",
    "CountingEdition",
    "Coverage",
    "EarlierEnrolment",
    "EditionTrial",
    "Enquiry",
    "Enrolment",
    "ExamFigures",
    "ExtraTime",
    "FaqEntry",
    "HandMark",
    "HelpSession",
    "Intake",
    "IntegritySignal",
    "Invitation",
    "KeyGroupMembership",
    "LedgerHead",
    "LedgerProof",
    "LedgerRow",
    "MeToo",
    "Meeting",
    "PackageSession",
    "PackageState",
    "PlaySession",
    "Post",
    "Prerequisite",
    "Press",
    "QuestionFigures",
    "QuizResult",
    "Regrade",
    "Regrading",
    "Report",
    "Roster",
    "RosterRow",
    "Submission",
    "Tape",
    "WaitingPlace",
]
