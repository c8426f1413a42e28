"""Claims that were approved when the budget was empty, and wait in line."""

import datetime as dt

from portal.audit.services import record
from subsidies.models import Claim
from subsidies.services import entitlements
from subsidies.services.moves import _move


def fund_claim(claim: Claim, *, at: dt.datetime) -> bool:
    """Set the sum of a waiting claim aside, if the budget holds it now and nobody waits longer for the same fund.

    The caller holds the claim's row in a transaction.
    """
    try:
        entitlements.reserve(claim, by=None, at=at)
    except entitlements.BudgetExhausted:
        return False
    _move(claim, "fund", at=at)
    record(by=None, action="claim.funded", thing=claim, at=at, detail={"fen": claim.amount_fen})
    return True
