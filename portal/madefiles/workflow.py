"""The road of a file that was asked for. It is made once, can be fetched for some days, and is deleted."""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class State(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("own data", "Being made")
    READY = "ready", pgettext_lazy("own data", "Ready")
    FAILED = "failed", pgettext_lazy("own data", "Could not be made")
    DELETED = "deleted", pgettext_lazy("own data", "Deleted")


LIVE: Final = frozenset({State.WAITING, State.READY})
MOVES: Final[dict[str, Move]] = {
    "make": Move({State.WAITING}, State.READY),
    "give up": Move({State.WAITING}, State.FAILED),
    "delete": Move({State.READY}, State.DELETED),
}
