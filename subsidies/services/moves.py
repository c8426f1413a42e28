"""The one place where the state of a claim is written."""

import datetime as dt

from portal import moves
from subsidies.models import Claim
from subsidies.workflow import MOVES


def _move(claim: Claim, step: str, *, at: dt.datetime, **changes: object) -> Claim:
    """Take one step of the workflow and save it with `changes`. The claim's row must be locked by the caller.

    Raises portal.moves.IllegalMove when the table has no such step from the present state.
    """
    claim.state = moves.check(MOVES, step, claim.state)
    claim.moved_at = at
    for name, value in changes.items():
        setattr(claim, name, value)
    claim.save(update_fields=["state", "moved_at", *changes])
    return claim
