"""The one place where the state of a claim is written."""

import datetime as dt

from django.urls import reverse

from portal import moves
from portal.accounts.models import User
from portal.notices import services as notices
from subsidies.models import Claim
from subsidies.workflow import DESK_OF, MOVES, State

TOLD = frozenset(
    {
        "send_back",
        "lapse",
        "reject",
        "uphold",
        "grant",
        "strike",
        "approve",
        "wait_for_funds",
        "fund",
        "settle",
        "bounce",
    }
)
"""The steps a claimant is told of: those that end something, or ask something of them. The others stand on the page."""


def _move(claim: Claim, step: str, *, at: dt.datetime, by: User | None = None, **changes: object) -> Claim:
    """Take one step of the workflow and save it with `changes`. The claim's row must be locked by the caller.

    `by` is who took it, None for the rules and the clock; a trigger keeps the step. `desk` is among the changes where the
    table alone does not say which. Raises portal.moves.IllegalMove when there is no such step from the present state.
    """
    claim.state = moves.check(MOVES, step, claim.state)
    told = {"moved_at": at, "moved_step": step, "moved_by": by, "assignee": None}
    changes = {**told, "desk": DESK_OF.get(claim.state, ""), **changes}
    for name, value in changes.items():
        setattr(claim, name, value)
    claim.save(update_fields=["state", *changes])
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
