"""Tables by noun. Each module is imported here, so that Django finds its models."""

from subsidies.models.batches import AnswerFile, BankAnswer, Batch, BatchLine
from subsidies.models.claims import Claim, ClaimDraft, ClaimNumber, Decision
from subsidies.models.impacts import ImpactRow, ImpactRun
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
from subsidies.models.policies import PolicyCase, PolicyVersion, Programme

__all__ = [
    "Account",
    "AnswerFile",
    "BankAnswer",
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
    "ImpactRow",
    "ImpactRun",
    "JournalEntry",
    "Notice",
    "NoticeLine",
    "PaperNumber",
    "PolicyCase",
    "PolicyVersion",
    "Posting",
    "Programme",
]
