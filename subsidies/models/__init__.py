"""Tables by noun. Each module is imported here, so that Django finds its models."""

from subsidies.models.batches import AnswerFile, BankAnswer, Batch, BatchLine
from subsidies.models.claims import Claim, ClaimDraft, ClaimNumber
from subsidies.models.decisions import Appeal, ClaimMove, ClaimSeat, Decision, ReviewSample
from subsidies.models.money import (
    Account,
    Book,
    BudgetProposal,
    Entitlement,
    Fund,
    Hold,
    JournalEntry,
    PaperNumber,
    Posting,
)
from subsidies.models.notices import Notice, NoticeLine
from subsidies.models.policies import PolicyVersion

__all__ = [
    "Account",
    "AnswerFile",
    "Appeal",
    "BankAnswer",
    "Batch",
    "BatchLine",
    "Book",
    "BudgetProposal",
    "Claim",
    "ClaimDraft",
    "ClaimMove",
    "ClaimNumber",
    "ClaimSeat",
    "Decision",
    "Entitlement",
    "Fund",
    "Hold",
    "JournalEntry",
    "Notice",
    "NoticeLine",
    "PaperNumber",
    "PolicyVersion",
    "Posting",
    "ReviewSample",
]
