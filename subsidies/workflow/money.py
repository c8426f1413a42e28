"""The roads of money: a budget proposal, an entitlement, a batch and its lines. Data; services ask it before they write."""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class Kind(models.TextChoices):
    """The accounts of a book. All but the appropriation are debit accounts and never fall below zero."""

    APPROPRIATION = "appropriation", pgettext_lazy("account", "Issued")
    AVAILABLE = "available", pgettext_lazy("account", "Available")
    RESERVED = "reserved", pgettext_lazy("account", "Reserved")
    IN_TRANSIT = "in_transit", pgettext_lazy("account", "At the bank")
    PAID = "paid", pgettext_lazy("account", "Paid")
    RECEIVABLE = "receivable", pgettext_lazy("account", "To be repaid")
    REMITTED = "remitted", pgettext_lazy("account", "Remitted to the treasury")
    WRITTEN_OFF = "written_off", pgettext_lazy("account", "Written off")


class Event(models.TextChoices):
    """What can happen to money. `subsidies.services.ledger` posts each as `POSTINGS` says, and nothing else."""

    ISSUED = "issued", pgettext_lazy("entry", "Budget issued")
    RAISED = "raised", pgettext_lazy("entry", "Budget raised")
    CUT = "cut", pgettext_lazy("entry", "Budget cut")
    RESERVED = "reserved", pgettext_lazy("entry", "Claim approved")
    RELEASED = "released", pgettext_lazy("entry", "Reservation released")
    SENT = "sent", pgettext_lazy("entry", "Batch released")
    SETTLED = "settled", pgettext_lazy("entry", "Bank paid")
    RETURNED = "returned", pgettext_lazy("entry", "Bank returned")
    RETURNED_LATE = "returned_late", pgettext_lazy("entry", "Bank returned what it had paid")
    RECOVERY_ORDERED = "recovery_ordered", pgettext_lazy("entry", "Recovery ordered")
    RECOVERY_CANCELLED = "recovery_cancelled", pgettext_lazy("entry", "Recovery cancelled")
    REPAID = "repaid", pgettext_lazy("entry", "Repaid into the fund")
    REMITTED = "remitted", pgettext_lazy("entry", "Repaid to the treasury")
    OFFSET_PAID = "offset_paid", pgettext_lazy("entry", "Paid by offset")
    OFFSET_REPAID = "offset_repaid", pgettext_lazy("entry", "Repaid by offset")
    OFFSET_REMITTED = "offset_remitted", pgettext_lazy("entry", "Repaid by offset, due to the treasury")
    WRITTEN_OFF = "written_off", pgettext_lazy("entry", "Written off")
    UNSPENT = "unspent", pgettext_lazy("entry", "Unspent at the end of the year")
    CARRIED_OUT = "carried_out", pgettext_lazy("entry", "Reservation carried to the next year")
    CARRIED_IN = "carried_in", pgettext_lazy("entry", "Reservation carried from the year before")


POSTINGS: Final[dict[str, tuple[str, str]]] = {
    Event.ISSUED: (Kind.AVAILABLE, Kind.APPROPRIATION),
    Event.RAISED: (Kind.AVAILABLE, Kind.APPROPRIATION),
    Event.CUT: (Kind.APPROPRIATION, Kind.AVAILABLE),
    Event.RESERVED: (Kind.RESERVED, Kind.AVAILABLE),
    Event.RELEASED: (Kind.AVAILABLE, Kind.RESERVED),
    Event.SENT: (Kind.IN_TRANSIT, Kind.RESERVED),
    Event.SETTLED: (Kind.PAID, Kind.IN_TRANSIT),
    Event.RETURNED: (Kind.RESERVED, Kind.IN_TRANSIT),
    Event.RETURNED_LATE: (Kind.RESERVED, Kind.PAID),
    Event.RECOVERY_ORDERED: (Kind.RECEIVABLE, Kind.PAID),
    Event.RECOVERY_CANCELLED: (Kind.PAID, Kind.RECEIVABLE),
    Event.REPAID: (Kind.AVAILABLE, Kind.RECEIVABLE),
    Event.REMITTED: (Kind.REMITTED, Kind.RECEIVABLE),
    Event.OFFSET_PAID: (Kind.PAID, Kind.RESERVED),
    Event.OFFSET_REPAID: (Kind.AVAILABLE, Kind.RECEIVABLE),
    Event.OFFSET_REMITTED: (Kind.REMITTED, Kind.RECEIVABLE),
    Event.WRITTEN_OFF: (Kind.WRITTEN_OFF, Kind.RECEIVABLE),
    Event.UNSPENT: (Kind.APPROPRIATION, Kind.AVAILABLE),
    Event.CARRIED_OUT: (Kind.APPROPRIATION, Kind.RESERVED),
    Event.CARRIED_IN: (Kind.RESERVED, Kind.APPROPRIATION),
}
"""What each event debits and credits."""

NEW_MONEY: Final = frozenset(
    {
        Event.ISSUED,
        Event.RAISED,
        Event.CUT,
        Event.RESERVED,
        Event.REPAID,
        Event.OFFSET_REPAID,
        Event.CARRIED_IN,
    }
)
"""What a book whose year was closed takes no more; the rest only winds up what it holds."""


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("budget", "Waits for the second person")
    ISSUED = "issued", pgettext_lazy("budget", "Confirmed")
    REFUSED = "refused", pgettext_lazy("budget", "Refused")


PROPOSAL_MOVES: Final = {
    "issue": Move({ProposalState.PROPOSED}, ProposalState.ISSUED),
    "refuse": Move({ProposalState.PROPOSED}, ProposalState.REFUSED),
}


class EntitlementState(models.TextChoices):
    RESERVED = "reserved", pgettext_lazy("entitlement", "Reserved")
    SENT = "sent", pgettext_lazy("entitlement", "At the bank")
    PAID = "paid", pgettext_lazy("entitlement", "Paid")
    RELEASED = "released", pgettext_lazy("entitlement", "Released")
    CARRIED = "carried", pgettext_lazy("entitlement", "Carried to the next year")


ENTITLEMENT_MOVES: Final = {
    "send": Move({EntitlementState.RESERVED}, EntitlementState.SENT),
    "settle": Move({EntitlementState.SENT}, EntitlementState.PAID),
    "bounce": Move({EntitlementState.SENT}, EntitlementState.RESERVED),
    "return_late": Move({EntitlementState.PAID}, EntitlementState.RESERVED),
    "offset": Move({EntitlementState.RESERVED}, EntitlementState.PAID),
    "release": Move({EntitlementState.RESERVED}, EntitlementState.RELEASED),
    "carry": Move({EntitlementState.RESERVED}, EntitlementState.CARRIED),
}


class BatchState(models.TextChoices):
    ASSEMBLING = "assembling", pgettext_lazy("batch", "Being assembled")
    ASSEMBLED = "assembled", pgettext_lazy("batch", "Waits for check")
    CHECKED = "checked", pgettext_lazy("batch", "Checked")
    RELEASING = "releasing", pgettext_lazy("batch", "Being released")
    RELEASED = "released", pgettext_lazy("batch", "Released")
    SENT = "sent", pgettext_lazy("batch", "At the bank")
    ANSWERED = "answered", pgettext_lazy("batch", "All answered")
    CANCELLING = "cancelling", pgettext_lazy("batch", "Being cancelled")
    CANCELLED = "cancelled", pgettext_lazy("batch", "Cancelled")


BATCH_MOVES: Final = {
    "assemble": Move({BatchState.ASSEMBLING}, BatchState.ASSEMBLED),
    "check": Move({BatchState.ASSEMBLED}, BatchState.CHECKED),
    "cancel": Move({BatchState.ASSEMBLING, BatchState.ASSEMBLED, BatchState.CHECKED}, BatchState.CANCELLING),
    "free_lines": Move({BatchState.CANCELLING}, BatchState.CANCELLED),
    "release": Move({BatchState.CHECKED}, BatchState.RELEASING),
    "send_lines": Move({BatchState.RELEASING}, BatchState.RELEASED),
    "stop_release": Move({BatchState.RELEASING}, BatchState.CHECKED),
    "write_file": Move({BatchState.RELEASED}, BatchState.SENT),
    "close": Move({BatchState.SENT}, BatchState.ANSWERED),
}


class LineState(models.TextChoices):
    OPEN = "open", pgettext_lazy("line", "Open")
    REMOVED = "removed", pgettext_lazy("line", "Removed")
    SENT = "sent", pgettext_lazy("line", "At the bank")
    SETTLED = "settled", pgettext_lazy("line", "Paid")
    RETURNED = "returned", pgettext_lazy("line", "Returned")


LINE_MOVES: Final = {
    "send": Move({LineState.OPEN}, LineState.SENT),
    "remove": Move({LineState.OPEN}, LineState.REMOVED),
    "settle": Move({LineState.SENT}, LineState.SETTLED),
    "bounce": Move({LineState.SENT}, LineState.RETURNED),
    "return_late": Move({LineState.SETTLED}, LineState.RETURNED),
}


class ProfileState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("profile", "Draft")
    LIVE = "live", pgettext_lazy("profile", "Live")
    ENDED = "ended", pgettext_lazy("profile", "Ended")
    DISCARDED = "discarded", pgettext_lazy("profile", "Discarded")


PROFILE_MOVES: Final = {
    "put_live": Move({ProfileState.DRAFT}, ProfileState.LIVE),
    "discard": Move({ProfileState.DRAFT}, ProfileState.DISCARDED),
    "end": Move({ProfileState.LIVE}, ProfileState.ENDED),
}
