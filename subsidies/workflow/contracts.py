"""The road of a project contract: one officer drafts it, another puts it in force, and it ends once."""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class ContractState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("contract", "Draft")
    IN_FORCE = "in_force", pgettext_lazy("contract", "In force")
    ENDED = "ended", pgettext_lazy("contract", "Ended")
    DROPPED = "dropped", pgettext_lazy("contract", "Dropped")


S = ContractState
CLAIMABLE: Final = frozenset({S.IN_FORCE, S.ENDED})
"""What was learned within the days of a contract can be claimed after it has ended, too."""

CONTRACT_MOVES: Final[dict[str, Move]] = {
    "enforce": Move({S.DRAFT}, S.IN_FORCE),
    "drop": Move({S.DRAFT}, S.DROPPED),
    "end": Move({S.IN_FORCE}, S.ENDED),
}
