"""The road of a claim: states are adjectives or places, steps are verbs. This table is data; services ask it before they write.

`docs/workflows.md` draws it, and the database holds the same pairs in a trigger (migrations say from which version of it).
"""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class State(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned for evidence")
    IN_PROVINCE_REVIEW = "in_province_review", _("Provincial review")
    IN_MINISTRY_REVIEW = "in_ministry_review", _("Ministry review")
    AWAITING_FUNDS = "awaiting_funds", _("Awaiting funds")
    APPROVED = "approved", pgettext_lazy("claim", "Approved")
    IN_NOTICE = "in_notice", _("In public notice")
    PAYABLE = "payable", _("To be paid")
    IN_BATCH = "in_batch", _("In a payment batch")
    SENT = "sent", _("Sent to the bank")
    PAID = "paid", _("Paid")
    REJECTED = "rejected", pgettext_lazy("claim", "Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = State
REVIEWED: Final = frozenset({S.IN_PROVINCE_REVIEW, S.IN_MINISTRY_REVIEW})
RESERVED: Final = frozenset({S.APPROVED, S.IN_NOTICE, S.PAYABLE, S.IN_BATCH, S.SENT})
"""Money of the budget is set aside for a claim in one of these."""
ENDED: Final = frozenset({S.REJECTED, S.WITHDRAWN})
"""A claim that ended so is no longer in the way of another one for the same certificate."""

TOLD: Final[dict[str, str]] = dict.fromkeys(State, "LIVE") | {
    S.PAID: "PAID",
    S.REJECTED: "REJECTED",
    S.WITHDRAWN: "WITHDRAWN",
}
"""What policies are told of an earlier claim, whatever states there are (`subsidies.policy.words.CLAIM_STATES`)."""

MOVES: Final[dict[str, Move]] = {
    "check": Move({S.SUBMITTED}, S.IN_PROVINCE_REVIEW),
    "pass_to_ministry": Move({S.IN_PROVINCE_REVIEW}, S.IN_MINISTRY_REVIEW),
    "send_back": Move({S.IN_PROVINCE_REVIEW, S.IN_MINISTRY_REVIEW}, S.RETURNED),
    "resubmit": Move({S.RETURNED}, S.SUBMITTED),
    "reject": Move({S.IN_PROVINCE_REVIEW, S.IN_MINISTRY_REVIEW}, S.REJECTED),
    "approve": Move({S.IN_MINISTRY_REVIEW}, S.APPROVED),
    "wait_for_funds": Move({S.IN_MINISTRY_REVIEW}, S.AWAITING_FUNDS),
    "fund": Move({S.AWAITING_FUNDS}, S.APPROVED),
    "withdraw": Move(
        {
            S.SUBMITTED,
            S.RETURNED,
            S.IN_PROVINCE_REVIEW,
            S.IN_MINISTRY_REVIEW,
            S.AWAITING_FUNDS,
            S.APPROVED,
            S.IN_NOTICE,
            S.PAYABLE,
        },
        S.WITHDRAWN,
    ),
    "publish": Move({S.APPROVED}, S.IN_NOTICE),
    "strike": Move({S.IN_NOTICE}, S.REJECTED),
    "end_notice": Move({S.IN_NOTICE}, S.PAYABLE),
    "batch": Move({S.PAYABLE}, S.IN_BATCH),
    "unbatch": Move({S.IN_BATCH}, S.PAYABLE),
    "send": Move({S.IN_BATCH}, S.SENT),
    "settle": Move({S.SENT}, S.PAID),
    "bounce": Move({S.SENT}, S.PAYABLE),
    "return_late": Move({S.PAID}, S.PAYABLE),
}

PAIRS: Final = frozenset((source, move.target) for move in MOVES.values() for source in move.sources)


class Act(models.TextChoices):
    """What a decision did to a claim."""

    CHECKED = "checked", _("Checked by the rules")
    PASSED = "passed", _("Passed to the ministry")
    SENT_BACK = "sent_back", _("Sent back")
    REJECTED = "rejected", pgettext_lazy("decision", "Rejected")
    APPROVED = "approved", pgettext_lazy("decision", "Approved")


REASONED: Final = frozenset({Act.SENT_BACK, Act.REJECTED})
"""Nobody's claim is turned down or sent back without a reason in words."""
