"""The road of a list of claims: a worker checks its rows, the organisation looks and submits, a worker makes the claims."""

from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class ListState(models.TextChoices):
    CHECKING = "checking", pgettext_lazy("list of claims", "Being checked")
    CHECKED = "checked", pgettext_lazy("list of claims", "To look at")
    SUBMITTING = "submitting", pgettext_lazy("list of claims", "Being submitted")
    SUBMITTED = "submitted", pgettext_lazy("list of claims", "Submitted")
    CANCELLED = "cancelled", pgettext_lazy("list of claims", "Dropped")


S = ListState
LIST_ENDS: Final = frozenset({S.SUBMITTED, S.CANCELLED})

LIST_MOVES: Final[dict[str, Move]] = {
    "finish_check": Move({S.CHECKING}, S.CHECKED),
    "check_again": Move({S.CHECKED}, S.CHECKING),
    "submit": Move({S.CHECKED}, S.SUBMITTING),
    "finish": Move({S.SUBMITTING}, S.SUBMITTED),
    "cancel": Move({S.CHECKING, S.CHECKED}, S.CANCELLED),
}
