"""Tables by noun. Each module is imported here, so that Django finds its models."""

from subsidies.models.answers import AnswerFile, BankAnswer
from subsidies.models.batches import Batch, BatchLine, LeftOut
from subsidies.models.budgets import BudgetProposal
from subsidies.models.claims import Claim, ClaimDraft, ClaimNumber
from subsidies.models.contracts import ProjectContract
from subsidies.models.decisions import Appeal, ClaimMove, ClaimSeat, Decision, ReviewSample
from subsidies.models.entitlements import Entitlement
from subsidies.models.figures import ClaimFigure, FiguresRun, MoneyFigure, TallyFigure
from subsidies.models.fraud import CheckTerms, Finding, LookCampaign, OutsideQuestion
from subsidies.models.holds import Hold
from subsidies.models.impacts import ImpactRow, ImpactRun
from subsidies.models.ledger import Account, Book, Fund, JournalEntry, Posting
from subsidies.models.lists import ClaimList, ClaimListRow, Mandate
from subsidies.models.materials import Material
from subsidies.models.names import NameAnswer, NameCheck
from subsidies.models.notices import Notice, NoticeLine, PaymentLine, PaymentNotice
from subsidies.models.objections import Objection
from subsidies.models.packs import EvidencePack
from subsidies.models.papers import PaperNumber
from subsidies.models.policies import PolicyCase, PolicyVersion, Programme
from subsidies.models.profiles import BankProfile
from subsidies.models.reconciling import ReconcileRun
from subsidies.models.recovery import Instalment, RecoveryMove, RecoveryOrder, Sanction, Settlement
from subsidies.models.saved_views import SavedView

__all__ = [
    "Account",
    "AnswerFile",
    "Appeal",
    "BankAnswer",
    "BankProfile",
    "Batch",
    "BatchLine",
    "Book",
    "BudgetProposal",
    "CheckTerms",
    "Claim",
    "ClaimDraft",
    "ClaimFigure",
    "ClaimList",
    "ClaimListRow",
    "ClaimMove",
    "ClaimNumber",
    "ClaimSeat",
    "Decision",
    "Entitlement",
    "EvidencePack",
    "FiguresRun",
    "Finding",
    "Fund",
    "Hold",
    "ImpactRow",
    "ImpactRun",
    "Instalment",
    "JournalEntry",
    "LeftOut",
    "LookCampaign",
    "Mandate",
    "Material",
    "MoneyFigure",
    "NameAnswer",
    "NameCheck",
    "Notice",
    "NoticeLine",
    "Objection",
    "OutsideQuestion",
    "PaperNumber",
    "PaymentLine",
    "PaymentNotice",
    "PolicyCase",
    "PolicyVersion",
    "Posting",
    "Programme",
    "ProjectContract",
    "ReconcileRun",
    "RecoveryMove",
    "RecoveryOrder",
    "ReviewSample",
    "Sanction",
    "SavedView",
    "Settlement",
    "TallyFigure",
]
