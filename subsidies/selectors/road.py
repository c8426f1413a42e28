"""The road of a claim as its claimant sees it: plain names, and a status line."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from subsidies.models import Claim
from subsidies.workflow.claims import AT_A_DESK, ENDED, TURNED_DOWN, State

STAGES: tuple[tuple[Promise, frozenset[str]], ...] = (
    (_("Submitted"), frozenset({State.SUBMITTED, State.RETURNED})),
    (
        _("Under review"),
        AT_A_DESK | {State.AWAITING_FUNDS},
    ),
    (_("Public notice"), frozenset({State.APPROVED, State.IN_NOTICE})),
    (pgettext_lazy("claim", "Payment"), frozenset({State.PAYABLE, State.IN_BATCH, State.SENT})),
    (pgettext_lazy("claim", "Paid"), frozenset({State.PAID})),
)
STATUS_OF: Final[dict[str, str]] = {
    State.SUBMITTED: "submitted",
    State.RETURNED: "to_correct",
    **dict.fromkeys(AT_A_DESK, "in_review"),
    State.AWAITING_FUNDS: "in_review",
    State.APPROVED: "in_notice",
    State.IN_NOTICE: "in_notice",
    State.PAYABLE: "to_be_paid",
    State.IN_BATCH: "to_be_paid",
    State.SENT: "to_be_paid",
    State.PAID: "paid",
    **dict.fromkeys(TURNED_DOWN, "not_approved"),
    State.LAPSED: "not_approved",
    State.WITHDRAWN: "withdrawn",
}
STATUSES: Final[dict[str, tuple[str, Promise]]] = {
    "submitted": ("info", pgettext_lazy("short", "Submitted")),
    "to_correct": ("wait", pgettext_lazy("short", "To correct")),
    "in_review": ("info", pgettext_lazy("short", "In review")),
    "in_notice": ("info", pgettext_lazy("short", "In notice")),
    "to_be_paid": ("info", pgettext_lazy("short", "To be paid")),
    "paid": ("ok", pgettext_lazy("short", "Paid")),
    "not_approved": ("bad", pgettext_lazy("short", "Not approved")),
    "withdrawn": ("plain", pgettext_lazy("short", "Withdrawn")),
}
"""The eight plain names that a claimant is told, whatever states there are: kind of tag, word."""


def status_of(claim: Claim) -> tuple[str, Promise]:
    return STATUSES[STATUS_OF[claim.state]]


@dataclass(frozen=True)
class Stage:
    state: str
    """done, now, bad or todo"""
    title: str | Promise


def steps_of(claim: Claim) -> list[tuple[str, str | Promise]]:
    """The status line as `{% steps %}` draws it."""
    return [(stage.state, stage.title) for stage in stages_of(claim)]


def stages_of(claim: Claim) -> list[Stage]:
    """The status line of a claim for its claimant."""
    if claim.state in ENDED:
        reached = 1 if claim.outcome else 0
        return [
            Stage("done" if number < reached else "bad" if number == reached else "todo", title)
            for number, (title, _states) in enumerate(STAGES)
        ]
    here = next(number for number, (_title, states) in enumerate(STAGES) if claim.state in states)
    ended = claim.state == State.PAID
    return [
        Stage("done" if number < here or ended else "now" if number == here else "todo", title)
        for number, (title, _states) in enumerate(STAGES)
    ]
