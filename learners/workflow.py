"""States and moves of the app as data. Pages ask which steps are open, services ask before they write."""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.moves import Move

LIVE, ABANDONED, CLOSED = "live", "abandoned", "closed"

SESSION_MOVES: Final = {
    "take over": Move({LIVE}, ABANDONED),
    "close": Move({LIVE}, CLOSED),
}
"""A session of a player or of a package: one live for each learner; whatever else is opened takes over; the rest closes."""

DRAFT, PUBLISHED = "draft", "published"

EDITION_MOVES: Final = {
    "change": Move({DRAFT}, DRAFT),
    "publish": Move({DRAFT}, PUBLISHED),
}
"""A counting edition: what is published never changes; another takes its place from a day on."""

ACTIVE, COMPLETED, WITHDRAWN = "active", "completed", "withdrawn"

ENROLMENT_MOVES: Final = {
    "complete": Move({ACTIVE}, COMPLETED),
    "withdraw": Move({ACTIVE}, WITHDRAWN),
    "resume": Move({WITHDRAWN}, ACTIVE),
}
"""An enrolment: withdrawing loses nothing, the same version can be taken up again; completed is for good."""

RUNNING, MARKING, PASSED, FAILED = "running", "marking", "passed", "failed"

ATTEMPT_MOVES: Final = {
    "wait": Move({RUNNING}, MARKING),
    "pass": Move({RUNNING, MARKING}, PASSED),
    "fail": Move({RUNNING, MARKING}, FAILED),
    "raise": Move({FAILED}, PASSED),
    "lower": Move({PASSED}, FAILED),
}
"""An attempt at the closing exam: handing in and running out of time both end in one of two states.

In between it waits for a person where an answer is decided by no rule. Once a key was corrected it may be raised by
rule, and lowered by a person alone.
"""

WAITING, RETURNED, ANSWERED, CLOSED_BY_MODERATOR = "waiting", "returned", "answered", "closed"

ENQUIRY_MOVES: Final = {
    "answer": Move({WAITING}, ANSWERED),
    "point to answer": Move({WAITING}, ANSWERED),
    "return": Move({WAITING}, RETURNED),
    "clarify": Move({RETURNED}, WAITING),
    "reopen": Move({ANSWERED}, WAITING),
    "hide": Move({WAITING, RETURNED, ANSWERED}, CLOSED_BY_MODERATOR),
}
"""A learner's question: it waits, and its clock runs, only in one state; a moderator closes it for good."""

PUBLISHED, UNPUBLISHED, HIDDEN = "published", "unpublished", "hidden"

FAQ_MOVES: Final = {
    "unpublish": Move({PUBLISHED}, UNPUBLISHED),
    "publish": Move({UNPUBLISHED}, PUBLISHED),
    "hide": Move({PUBLISHED}, HIDDEN),
}
"""An answer for everybody at a lesson: its instructors take it back and show it again; a moderator hides it for good."""

OPEN, KEPT = "open", "kept"

REPORT_MOVES: Final = {
    "hide": Move({OPEN}, HIDDEN),
    "keep": Move({OPEN}, KEPT),
}
"""A report of a question or an answer: a moderator hides what was reported, or keeps it."""

UPHELD, GRANTED = "upheld", "granted"

APPEAL_MOVES: Final = {
    "uphold": Move({OPEN}, UPHELD),
    "grant": Move({OPEN}, GRANTED),
}
"""An appeal against a graded exam: the result stands, or it does not. The attempt itself moves by its own table."""

CLEARED, REFERRED = "cleared", "referred"

SIGNAL_MOVES: Final = {
    "clear": Move({OPEN}, CLEARED),
    "refer": Move({OPEN}, REFERRED),
}
"""Something in a graded exam that a person should look at; where it ends, no result, hours or payment move."""

SENDING, SUBMITTED, SPLIT, GIVEN_UP = "sending", "submitted", "split", "given_up"

SUBMISSION_MOVES: Final = {
    "hand in": Move({SENDING}, SUBMITTED),
    "give up": Move({SENDING}, GIVEN_UP),
    "split": Move({SUBMITTED}, SPLIT),
    "pass": Move({SUBMITTED, SPLIT}, PASSED),
    "fail": Move({SUBMITTED, SPLIT}, FAILED),
}
"""A film of a practical task: with its learner, with two assessors, with a third where the two do not agree; decided."""

HANDED_IN, RELEASED = "handed_in", "released"

ASSESSMENT_MOVES: Final = {
    "hand in": Move({OPEN}, HANDED_IN),
    "release": Move({OPEN}, RELEASED),
}
"""One assessor's paper on a submission: handed in for good, or given to somebody else before."""

CONTEST_MOVES: Final = {
    "grant": Move({WAITING}, GRANTED),
    "keep": Move({WAITING}, KEPT),
}
"""A contest of time that did not count: one answer, by a person."""

PROPOSED, CONFIRMED, DROPPED = "proposed", "confirmed", "dropped"

CORRECTION_MOVES: Final = {
    "confirm": Move({PROPOSED}, CONFIRMED),
    "drop": Move({PROPOSED}, DROPPED),
}
"""Counted time is taken back when a second person confirms what the first proposed."""

PLANNED, CANCELLED, ENDED, SIGNED = "planned", "cancelled", "closed", "signed"

MEETING_MOVES: Final = {
    "move": Move({PLANNED}, PLANNED),
    "cancel": Move({PLANNED}, CANCELLED),
    "close": Move({PLANNED}, ENDED),
    "sign": Move({ENDED}, SIGNED),
}
"""A live class or a workshop day: its time counts once an instructor has signed who was there."""


class WaitingState(models.TextChoices):
    """Of a place in the line for a seat."""

    WAITING = "waiting", pgettext_lazy("seat", "Waiting")
    OFFERED = "offered", pgettext_lazy("seat", "A seat is kept")
    ACCEPTED = "accepted", pgettext_lazy("seat", "Accepted")
    LAPSED = "lapsed", pgettext_lazy("seat", "Not accepted in time")
    LEFT = "left", pgettext_lazy("seat", "Left the line")


WAITING_MOVES: Final = {
    "offer": Move({WaitingState.WAITING}, WaitingState.OFFERED),
    "accept": Move({WaitingState.OFFERED}, WaitingState.ACCEPTED),
    "lapse": Move({WaitingState.OFFERED}, WaitingState.LAPSED),
    "leave": Move({WaitingState.WAITING, WaitingState.OFFERED}, WaitingState.LEFT),
}
"""The line for a seat: whoever lets an offer lapse may join again, at its end."""
WAITING_ENDS: Final = frozenset({WaitingState.ACCEPTED, WaitingState.LAPSED, WaitingState.LEFT})


class GroupState(models.TextChoices):
    """Of a membership of a key group. Whether it holds on a day, its days say."""

    DECLARED = "declared", pgettext_lazy("group", "Being checked")
    VERIFIED = "verified", pgettext_lazy("group", "Verified")
    REFUSED = "refused", pgettext_lazy("group", "Refused")
    TAKEN_BACK = "taken_back", pgettext_lazy("group", "Taken back")


GROUP_MOVES: Final = {
    "verify": Move({GroupState.DECLARED}, GroupState.VERIFIED),
    "refuse": Move({GroupState.DECLARED}, GroupState.REFUSED),
    "take back": Move({GroupState.DECLARED}, GroupState.TAKEN_BACK),
}
"""A membership: an office decides once. What was refused may be declared anew."""


class RosterState(models.TextChoices):
    """Of a list of staff."""

    PREVIEWED = "previewed", pgettext_lazy("roster", "To look at")
    APPLYING = "applying", pgettext_lazy("roster", "Being applied")
    APPLIED = "applied", pgettext_lazy("roster", "Applied")
    CANCELLED = "cancelled", pgettext_lazy("roster", "Dropped")


ROSTER_MOVES: Final = {
    "apply": Move({RosterState.PREVIEWED}, RosterState.APPLYING),
    "finish": Move({RosterState.APPLYING}, RosterState.APPLIED),
    "cancel": Move({RosterState.PREVIEWED}, RosterState.CANCELLED),
}
"""A list of staff: its rows are there from the upload on; a worker applies them some at a time."""


class InvitationState(models.TextChoices):
    """Of what an employer asks a member of its staff."""

    OPEN = "open", pgettext_lazy("invitation", "Not answered")
    ACCEPTED = "accepted", pgettext_lazy("invitation", "Agreed")
    DECLINED = "declined", pgettext_lazy("invitation", "Declined")
    ENDED = "ended", pgettext_lazy("invitation", "Ended")
    LAPSED = "lapsed", pgettext_lazy("invitation", "Not answered in time")


INVITATION_MOVES: Final = {
    "accept": Move({InvitationState.OPEN}, InvitationState.ACCEPTED),
    "decline": Move({InvitationState.OPEN}, InvitationState.DECLINED),
    "lapse": Move({InvitationState.OPEN}, InvitationState.LAPSED),
    "end": Move(
        {InvitationState.OPEN, InvitationState.ACCEPTED, InvitationState.DECLINED}, InvitationState.ENDED
    ),
}
"""An invitation: the learner answers once and ends it at any time; the employer ends it when the person has left,
whatever was answered."""
INVITATION_ENDS: Final = frozenset({InvitationState.DECLINED, InvitationState.ENDED, InvitationState.LAPSED})


class HelpState(models.TextChoices):
    """Of help at a county desk."""

    ASKED = "asked", pgettext_lazy("help", "Presence to be proven")
    OPEN = "open", pgettext_lazy("help", "Under way")
    ENDED = "ended", pgettext_lazy("help", "Over")


HELP_MOVES: Final = {
    "open": Move({HelpState.ASKED}, HelpState.OPEN),
    "end": Move({HelpState.ASKED, HelpState.OPEN}, HelpState.ENDED),
}
"""Help: opened on proof that the learner is there; ended by either of them, by time, or by too many wrong codes."""
