"""What can happen to certificates."""

from certificates.services.consents import check_many, give_consent, withdraw_consent
from certificates.services.issuing import issue, issue_due, request, request_all, retry
from certificates.services.proposals import approve, propose, refuse, withdraw

__all__ = [
    "approve",
    "check_many",
    "give_consent",
    "issue",
    "issue_due",
    "propose",
    "refuse",
    "request",
    "request_all",
    "retry",
    "withdraw",
    "withdraw_consent",
]
