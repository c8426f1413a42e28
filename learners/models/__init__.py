from learners.models.assessment import Answer, Attempt, QuizResult
from learners.models.editions import CountingEdition
from learners.models.enrolment import Completion, Enrolment
from learners.models.help import HelpSession
from learners.models.intake import Intake, Prerequisite, WaitingPlace
from learners.models.key_groups import KeyGroupMembership
from learners.models.packages import PackageState
from learners.models.roster import Invitation, Roster, RosterRow
from learners.models.time import Beat, Coverage, LedgerHead, LedgerRow, PlaySession

__all__ = [
    "Answer",
    "Attempt",
    "Beat",
    "Completion",
    "CountingEdition",
    "Coverage",
    "Enrolment",
    "HelpSession",
    "Intake",
    "Invitation",
    "KeyGroupMembership",
    "LedgerHead",
    "LedgerRow",
    "PackageState",
    "PlaySession",
    "Prerequisite",
    "QuizResult",
    "Roster",
    "RosterRow",
    "WaitingPlace",
]
