"""The states of a course in the catalogue, those of a version on its way there, and the steps between them.

A course has at most one version that is not frozen yet. The tables' triggers hold the same moves.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class State(models.TextChoices):
    """Of a course: what the catalogue says of it."""

    UNLISTED = "unlisted", _("Not listed yet")
    PUBLISHED = "published", _("Published")
    SUSPENDED = "suspended", _("Suspended")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    RETURNED = "returned", pgettext_lazy("course", "Returned")
    PUBLISHED = "published", _("Published")


class PackageState(models.TextChoices):
    """Of an uploaded package: in quarantine, shown to learners, not taken, or gone for a newer one."""

    WAITING = "waiting", pgettext_lazy("package", "Being checked")
    READY = "ready", pgettext_lazy("package", "Ready")
    REFUSED = "refused", pgettext_lazy("package", "Not taken")
    REPLACED = "replaced", pgettext_lazy("package", "Replaced")


MOVES = {
    "list": Move({State.UNLISTED}, State.PUBLISHED),
    "suspend": Move({State.PUBLISHED}, State.SUSPENDED),
    "resume": Move({State.SUSPENDED}, State.PUBLISHED),
    "withdraw": Move({State.PUBLISHED, State.SUSPENDED}, State.WITHDRAWN),
}
VERSION_MOVES = {
    "submit": Move({VersionState.DRAFT, VersionState.RETURNED}, VersionState.SUBMITTED),
    "recall": Move({VersionState.SUBMITTED, VersionState.UNDER_REVIEW}, VersionState.DRAFT),
    "review": Move({VersionState.SUBMITTED}, VersionState.UNDER_REVIEW),
    "return": Move({VersionState.SUBMITTED, VersionState.UNDER_REVIEW}, VersionState.RETURNED),
    "publish": Move({VersionState.UNDER_REVIEW}, VersionState.PUBLISHED),
}
PACKAGE_MOVES = {
    "take": Move({PackageState.WAITING}, PackageState.READY),
    "refuse": Move({PackageState.WAITING}, PackageState.REFUSED),
    "replace": Move({PackageState.WAITING, PackageState.READY}, PackageState.REPLACED),
}
EDITABLE = VERSION_MOVES["submit"].sources
"""A version in these states may be changed by its authors."""
STEP_NAMES = {
    "submit": _("Submit"),
    "recall": _("Take back"),
    "return": _("Return"),
    "publish": _("Publish"),
    "suspend": _("Suspend"),
    "resume": _("Resume"),
    "withdraw": pgettext_lazy("course", "Withdraw"),
}
"""The steps that people take. `list` comes with the first publishing, `review` with the passed check."""
NEEDS_REASON = frozenset({"return", "suspend", "resume", "withdraw"})
