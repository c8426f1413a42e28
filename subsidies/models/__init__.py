"""Tables by noun. Each module is imported here, so that Django finds its models."""

from subsidies.models.answers import AnswerFile, BankAnswer
from subsidies.models.batches import Batch, BatchLine, LeftOut
from subsidies.models.claims import Claim, ClaimDraft, ClaimNumber, Decision
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
from subsidies.models.names import NameAnswer, NameCheck
from subsidies.models.notices import Notice, NoticeLine
from subsidies.models.policies import PolicyVersion
from subsidies.models.profiles import BankProfile

__all__ = [
    "Account",
    "AnswerFile",
    "BankAnswer",
    "BankProfile",
    "Batch",
    "BatchLine",
    "Book",
    "BudgetProposal",
    "Claim",
    "ClaimDraft",
    "ClaimNumber",
    "Decision",
    "Entitlement",
    "Fund",
    "Hold",
    "JournalEntry",
    "LeftOut",
    "NameAnswer",
    "NameCheck",
    "Notice",
    "NoticeLine",
    "PaperNumber",
    "PolicyVersion",
    "Posting",
]
