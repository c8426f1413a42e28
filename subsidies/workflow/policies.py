"""The road of a policy version. Data; services ask it before they write, and a trigger refuses what it does not hold.

A published version may besides be ended: its open end is closed once, which moves no state.
"""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class PolicyState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("policy", "Draft")
    IN_REVIEW = "in_review", pgettext_lazy("policy", "Submitted")
    PUBLISHED = "published", pgettext_lazy("policy", "Published")
    REPEALED = "repealed", pgettext_lazy("policy", "Repealed")


S = PolicyState
POLICY_MOVES: Final[dict[str, Move]] = {
    "submit": Move({S.DRAFT}, S.IN_REVIEW),
    "return": Move({S.IN_REVIEW}, S.DRAFT),
    "publish": Move({S.IN_REVIEW}, S.PUBLISHED),
    "repeal": Move({S.PUBLISHED}, S.REPEALED),
}
"""`repeal`: before its first day only; from then on a version is ended, for what it decided stays decided."""

PAIRS: Final = frozenset((source, move.target) for move in POLICY_MOVES.values() for source in move.sources)


class RunState(models.TextChoices):
    """Of an impact run."""

    RUNNING = "running", pgettext_lazy("run", "Running")
    DONE = "done", pgettext_lazy("run", "Done")
    CANCELLED = "cancelled", pgettext_lazy("run", "Cancelled")


RUN_MOVES: Final[dict[str, Move]] = {
    "finish": Move({RunState.RUNNING}, RunState.DONE),
    "cancel": Move({RunState.RUNNING}, RunState.CANCELLED),
}
