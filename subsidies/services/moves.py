"""The one place where the state of a claim is written."""

import datetime as dt

from django.urls import reverse

from portal import moves
from portal.notices import services as notices
from subsidies.models import Claim
from subsidies.workflow import MOVES, State

TOLD = frozenset({"send_back", "reject", "strike", "approve", "wait_for_funds", "fund", "settle", "bounce"})
"""The steps a claimant is told of: those that end something, or ask something of them. The others stand on the page."""


def _move(claim: Claim, step: str, *, at: dt.datetime, **changes: object) -> Claim:
    """Take one step of the workflow and save it with `changes`. The claim's row must be locked by the caller.

    Raises portal.moves.IllegalMove when the table has no such step from the present state.
    """
    claim.state = moves.check(MOVES, step, claim.state)
    claim.moved_at = at
    for name, value in changes.items():
        setattr(claim, name, value)
    claim.save(update_fields=["state", "moved_at", *changes])
    if step in TOLD:
        notices.send(
            claim.claimant,
            "claim.moved",
            about=f"claim:{claim.number}:{step}:{at:%Y%m%dT%H%M%S}",
            path=reverse("subsidies:claim", args=[claim.number]),
            at=at,
            number=claim.number,
            course=notices.either(claim.course_title, claim.course_title_en),
            state=State(claim.state).label,
        )
    return claim
