"""What can happen to certificates."""

from certificates.services.issuing import issue, issue_due, request, request_all, retry
from certificates.services.proposals import approve, propose, refuse, withdraw

__all__ = [
    "approve",
    "issue",
    "issue_due",
    "propose",
    "refuse",
    "request",
    "request_all",
    "retry",
    "withdraw",
]
