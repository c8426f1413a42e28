"""The states of a course in the catalogue and the steps between them. The table's trigger holds the same moves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.moves import Move


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    PUBLISHED = "published", _("Published")
    SUSPENDED = "suspended", _("Suspended")


MOVES = {
    "submit": Move({State.DRAFT}, State.SUBMITTED),
    "return": Move({State.SUBMITTED}, State.DRAFT),
    "publish": Move({State.SUBMITTED}, State.PUBLISHED),
    "suspend": Move({State.PUBLISHED}, State.SUSPENDED),
    "resume": Move({State.SUSPENDED}, State.PUBLISHED),
}
STEP_NAMES = {
    "submit": _("Submit"),
    "return": _("Return"),
    "publish": _("Publish"),
    "suspend": _("Suspend"),
    "resume": _("Resume"),
}
NEEDS_REASON = frozenset({"return", "suspend", "resume"})
