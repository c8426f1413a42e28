"""The road of a delivery. A failed one is tried again; sent and given up are ends."""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class State(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
    FAILED = "failed", pgettext_lazy("delivery", "Failed, will be tried again")
    SENT = "sent", pgettext_lazy("delivery", "Sent")
    GIVEN_UP = "given_up", pgettext_lazy("delivery", "Given up")


OPEN: Final = frozenset({State.WAITING, State.FAILED})
MOVES: Final[dict[str, Move]] = {
    "send": Move(OPEN, State.SENT),
    "fail": Move(OPEN, State.FAILED),
    "give up": Move(OPEN, State.GIVEN_UP),
}
