"""The roads of a recovery and of what settles it. Data; services ask it before they write."""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class RecoveryState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("recovery", "Proposed")
    NOTIFIED = "notified", pgettext_lazy("recovery", "Payee told, may reply")
    ORDERED = "ordered", pgettext_lazy("recovery", "Ordered")
    PART_REPAID = "part_repaid", pgettext_lazy("recovery", "Partly repaid")
    REPAID = "repaid", pgettext_lazy("recovery", "Repaid")
    OFFSET = "offset", pgettext_lazy("recovery", "Settled by offset")
    IN_ENFORCEMENT = "in_enforcement", pgettext_lazy("recovery", "Handed to enforcement")
    WRITTEN_OFF = "written_off", pgettext_lazy("recovery", "Written off")
    CANCELLED = "cancelled", pgettext_lazy("recovery", "Cancelled")


R = RecoveryState
OWED: Final = frozenset({R.ORDERED, R.PART_REPAID, R.IN_ENFORCEMENT})
"""Something is still to be repaid."""
RUNNING: Final = frozenset({R.PROPOSED, R.NOTIFIED, *OWED})

RECOVERY_MOVES: Final[dict[str, Move]] = {
    "notify": Move({R.PROPOSED}, R.NOTIFIED),
    "order": Move({R.NOTIFIED}, R.ORDERED),
    "repay_part": Move({R.ORDERED, R.PART_REPAID}, R.PART_REPAID),
    "collect_part": Move({R.IN_ENFORCEMENT}, R.IN_ENFORCEMENT),
    "repay": Move(OWED, R.REPAID),
    "offset": Move(OWED, R.OFFSET),
    "enforce": Move({R.ORDERED, R.PART_REPAID}, R.IN_ENFORCEMENT),
    "write_off": Move(OWED, R.WRITTEN_OFF),
    "cancel": Move(RUNNING, R.CANCELLED),
}


class SettlementState(models.TextChoices):
    ENTERED = "entered", pgettext_lazy("settlement", "Waits for the second person")
    APPROVED_ONCE = "approved_once", pgettext_lazy("settlement", "Approved once")
    CONFIRMED = "confirmed", pgettext_lazy("settlement", "Confirmed")
    REFUSED = "refused", pgettext_lazy("settlement", "Refused")


S = SettlementState
SETTLEMENT_MOVES: Final[dict[str, Move]] = {
    "approve": Move({S.ENTERED}, S.APPROVED_ONCE),
    "confirm": Move({S.ENTERED}, S.CONFIRMED),
    "confirm_second": Move({S.APPROVED_ONCE}, S.CONFIRMED),
    "refuse": Move({S.ENTERED, S.APPROVED_ONCE}, S.REFUSED),
}
