"""Tables by noun. Each module is imported here, so that Django finds its models."""

from subsidies.models.claims import Claim, ClaimDraft, ClaimNumber, Decision
from subsidies.models.policies import PolicyVersion

__all__ = ["Claim", "ClaimDraft", "ClaimNumber", "Decision", "PolicyVersion"]
