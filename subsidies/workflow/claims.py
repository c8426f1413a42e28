"""The road of a claim: states are adjectives or places, steps are verbs. This table is data; services ask it before they write.

`docs/workflows.md` draws it, and the database holds the same steps in a trigger (migrations say from which version of it).
"""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class State(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    CHECKED = "checked", pgettext_lazy("claim", "Awaits intake")
    RETURNED = "returned", _("Returned for correction")
    LAPSED = "lapsed", pgettext_lazy("claim", "Lapsed")
    IN_FIRST_REVIEW = "in_first_review", _("First review")
    IN_SECOND_REVIEW = "in_second_review", _("Second review")
    IN_MINISTRY_REVIEW = "in_ministry_review", _("Ministry review")
    IN_MINISTRY_SECOND = "in_ministry_second", _("Second ministry review")
    REJECT_PROPOSED = "reject_proposed", _("Rejection proposed")
    REJECTED = "rejected", pgettext_lazy("claim", "Rejected")
    IN_APPEAL = "in_appeal", pgettext_lazy("claim", "Under appeal")
    REJECTED_FINAL = "rejected_final", pgettext_lazy("claim", "Rejected after appeal")
    AWAITING_FUNDS = "awaiting_funds", _("Awaiting funds")
    APPROVED = "approved", pgettext_lazy("claim", "Approved")
    IN_NOTICE = "in_notice", _("In public notice")
    PAYABLE = "payable", _("To be paid")
    IN_BATCH = "in_batch", _("In a payment batch")
    SENT = "sent", _("Sent to the bank")
    PAID = "paid", _("Paid")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = State
REVIEWED: Final = frozenset(
    {S.IN_FIRST_REVIEW, S.IN_SECOND_REVIEW, S.IN_MINISTRY_REVIEW, S.IN_MINISTRY_SECOND}
)
"""A reviewer says yes, or proposes a no, in one of these."""
AT_A_DESK: Final = REVIEWED | {S.CHECKED, S.REJECT_PROPOSED, S.IN_APPEAL}
"""An officer has to act."""
RESERVED: Final = frozenset({S.APPROVED, S.IN_NOTICE, S.PAYABLE, S.IN_BATCH, S.SENT})
"""Money of the budget is set aside for a claim in one of these."""
GRANTED: Final = RESERVED | {S.AWAITING_FUNDS, S.PAID}
"""Somebody said the last yes: it is paid, or will be."""
TURNED_DOWN: Final = frozenset({S.REJECTED, S.REJECTED_FINAL})
ENDED: Final = TURNED_DOWN | {S.LAPSED, S.WITHDRAWN}
"""A claim that ended so is no longer in the way of another one for the same certificate."""
AGAINST: Final = TURNED_DOWN | {S.RETURNED, S.REJECT_PROPOSED, S.IN_APPEAL}
"""A claim in one of these has reasons."""

TOLD: Final[dict[str, str]] = dict.fromkeys(State, "LIVE") | {
    S.PAID: "PAID",
    S.REJECTED: "REJECTED",
    S.REJECTED_FINAL: "REJECTED",
    S.LAPSED: "WITHDRAWN",
    S.WITHDRAWN: "WITHDRAWN",
}
"""What policies are told of an earlier claim, whatever states there are (`subsidies.policy.words.CLAIM_STATES`)."""

MOVES: Final[dict[str, Move]] = {
    "check": Move({S.SUBMITTED}, S.CHECKED),
    "accept": Move({S.CHECKED}, S.IN_FIRST_REVIEW),
    "send_back": Move({S.CHECKED, S.IN_FIRST_REVIEW}, S.RETURNED),
    "resubmit": Move({S.RETURNED}, S.SUBMITTED),
    "lapse": Move({S.RETURNED}, S.LAPSED),
    "pass_to_second": Move({S.IN_FIRST_REVIEW}, S.IN_SECOND_REVIEW),
    "pass_to_ministry": Move({S.IN_FIRST_REVIEW, S.IN_SECOND_REVIEW}, S.IN_MINISTRY_REVIEW),
    "pass_to_another": Move({S.IN_MINISTRY_REVIEW}, S.IN_MINISTRY_SECOND),
    "send_down_to_first": Move({S.IN_SECOND_REVIEW}, S.IN_FIRST_REVIEW),
    "send_down_to_second": Move({S.IN_MINISTRY_REVIEW, S.IN_MINISTRY_SECOND}, S.IN_SECOND_REVIEW),
    "propose_reject": Move(REVIEWED, S.REJECT_PROPOSED),
    "overrule": Move({S.REJECT_PROPOSED}, S.IN_FIRST_REVIEW),
    "reject": Move({S.REJECT_PROPOSED}, S.REJECTED),
    "appeal": Move({S.REJECTED}, S.IN_APPEAL),
    "uphold": Move({S.IN_APPEAL}, S.REJECTED_FINAL),
    "grant": Move({S.IN_APPEAL}, S.IN_SECOND_REVIEW),
    "approve": Move({S.IN_SECOND_REVIEW, S.IN_MINISTRY_REVIEW, S.IN_MINISTRY_SECOND}, S.APPROVED),
    "wait_for_funds": Move(
        {S.IN_SECOND_REVIEW, S.IN_MINISTRY_REVIEW, S.IN_MINISTRY_SECOND}, S.AWAITING_FUNDS
    ),
    "fund": Move({S.AWAITING_FUNDS}, S.APPROVED),
    "withdraw": Move(
        {S.SUBMITTED, S.RETURNED, *AT_A_DESK, S.AWAITING_FUNDS, S.APPROVED, S.IN_NOTICE, S.PAYABLE},
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
    "offset": Move({S.PAYABLE}, S.PAID),
    "return_late": Move({S.PAID}, S.PAYABLE),
}

STEPS: Final = frozenset(
    (step, source.value, move.target.value) for step, move in MOVES.items() for source in move.sources
)
"""Every cell of the table, as the database's trigger names it."""


class Purpose(models.TextChoices):
    """What a claim is paid for. Each is paid once for a certificate, an occupation and level."""

    TRAINING = "training", pgettext_lazy("claim", "Training")
    LIVING = "living", pgettext_lazy("claim", "Living allowance")


class Channel(models.TextChoices):
    """Who hands a claim in: the person, or an organisation by a list."""

    PERSON = "person", pgettext_lazy("channel", "The person")
    ENTERPRISE = "enterprise", pgettext_lazy("channel", "An enterprise for its staff")
    PROVIDER = "provider", pgettext_lazy("channel", "A provider for its learners")


class Desk(models.TextChoices):
    """Where a claim lies while an officer has to act. A rejection is confirmed, and heard on appeal, on the level it came from."""

    INTAKE = "intake", pgettext_lazy("desk", "Intake")
    FIRST = "first", pgettext_lazy("desk", "First review")
    SECOND = "second", pgettext_lazy("desk", "Second review")
    MINISTRY = "ministry", pgettext_lazy("desk", "Ministry review")
    MINISTRY_SECOND = "ministry_second", pgettext_lazy("desk", "Second ministry review")
    CONFIRM_PROVINCE = "confirm_province", pgettext_lazy("desk", "Rejections to confirm")
    CONFIRM_MINISTRY = "confirm_ministry", pgettext_lazy("desk", "Rejections of the ministry to confirm")
    APPEAL_PROVINCE = "appeal_province", pgettext_lazy("desk", "Appeals")
    APPEAL_MINISTRY = "appeal_ministry", pgettext_lazy("desk", "Appeals to the ministry")


DESK_OF: Final[dict[str, str]] = {
    S.CHECKED: Desk.INTAKE,
    S.IN_FIRST_REVIEW: Desk.FIRST,
    S.IN_SECOND_REVIEW: Desk.SECOND,
    S.IN_MINISTRY_REVIEW: Desk.MINISTRY,
    S.IN_MINISTRY_SECOND: Desk.MINISTRY_SECOND,
    S.REJECT_PROPOSED: Desk.CONFIRM_PROVINCE,
    S.IN_APPEAL: Desk.APPEAL_PROVINCE,
}
"""The desk of a state, of the province's where there are two."""
OF_THE_MINISTRY: Final = frozenset({S.IN_MINISTRY_REVIEW, S.IN_MINISTRY_SECOND})


class Act(models.TextChoices):
    """What a decision did to a claim."""

    CHECKED = "checked", _("Checked by the rules")
    ACCEPTED = "accepted", pgettext_lazy("decision", "Taken in")
    PASSED = "passed", pgettext_lazy("decision", "Passed")
    SENT_BACK = "sent_back", _("Sent back for correction")
    SENT_DOWN = "sent_down", _("Sent down to the desk before")
    PROPOSED = "proposed", _("Rejection proposed")
    OVERRULED = "overruled", _("Proposal not followed")
    REJECTED = "rejected", pgettext_lazy("decision", "Rejected")
    STRUCK = "struck", _("Objection upheld")
    UPHELD = "upheld", _("Rejection upheld on appeal")
    GRANTED = "granted", _("Appeal granted")
    APPROVED = "approved", pgettext_lazy("decision", "Approved")


IN_FAVOUR: Final = frozenset({Act.PASSED, Act.APPROVED})
"""Rests on the rules: all met, and something to pay."""
REASONED: Final = frozenset(Act) - {Act.CHECKED, Act.ACCEPTED, *IN_FAVOUR}
"""Nothing is turned down, sent back or turned round without a reason in words."""
CODED: Final = frozenset({Act.SENT_BACK, Act.PROPOSED, Act.REJECTED, Act.STRUCK, Act.UPHELD})
"""These rest on reasons that name what they rest on (`subsidies.reasons`)."""


LETTERED: Final = frozenset({Act.APPROVED, Act.REJECTED, Act.STRUCK, Act.UPHELD})
"""These end a review, and the claimant gets a letter of them."""


class Seat(models.TextChoices):
    """Who sits at a claim. Nobody sits twice (I6), the claimant nowhere."""

    INTAKE = "intake", pgettext_lazy("seat", "Intake")
    FIRST = "first", pgettext_lazy("seat", "First review")
    SECOND = "second", pgettext_lazy("seat", "Second review")
    MINISTRY = "ministry", pgettext_lazy("seat", "Ministry review")
    MINISTRY_SECOND = "ministry_second", pgettext_lazy("seat", "Second ministry review")
    PROPOSER = "proposer", pgettext_lazy("seat", "Proposed the rejection")
    CONFIRMER = "confirmer", pgettext_lazy("seat", "Confirmed the rejection")
    APPEAL = "appeal", pgettext_lazy("seat", "Decided the appeal")
    OBJECTION = "objection", pgettext_lazy("seat", "Decided an objection")
    RECUSED = "recused", pgettext_lazy("seat", "Stays out")


YES_SEATS: Final = (Seat.FIRST, Seat.SECOND, Seat.MINISTRY, Seat.MINISTRY_SECOND)
"""No claim is approved before two of these are taken."""
ROUND_SEATS: Final = (Seat.INTAKE, *YES_SEATS)
"""Given up when a claim begins anew. Who rejected, decided an appeal or an objection stays, and so does who stays out."""
