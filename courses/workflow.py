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


class EndpointState(models.TextChoices):
    """Of an address to which a partner wants messages."""

    ACTIVE = "active", pgettext_lazy("endpoint", "Active")
    PAUSED = "paused", pgettext_lazy("endpoint", "Paused")
    REMOVED = "removed", pgettext_lazy("endpoint", "Removed")


class DeliveryState(models.TextChoices):
    """Of a message to such an address."""

    WAITING = "waiting", pgettext_lazy("delivery of a message", "To be sent")
    DELIVERED = "delivered", pgettext_lazy("delivery of a message", "Delivered")
    FAILED = "failed", pgettext_lazy("delivery of a message", "Given up")


ENDPOINT_MOVES = {
    "pause": Move({EndpointState.ACTIVE}, EndpointState.PAUSED),
    "resume": Move({EndpointState.PAUSED}, EndpointState.ACTIVE),
    "remove": Move({EndpointState.ACTIVE, EndpointState.PAUSED}, EndpointState.REMOVED),
}
DELIVERY_MOVES = {
    "deliver": Move({DeliveryState.WAITING}, DeliveryState.DELIVERED),
    "give_up": Move({DeliveryState.WAITING}, DeliveryState.FAILED),
    "resend": Move({DeliveryState.DELIVERED, DeliveryState.FAILED}, DeliveryState.WAITING),
}
EVENTS = {
    "course.submitted": _("A course was submitted"),
    "course.under_review": _("A course lies with the province"),
    "course.recalled": _("A course was taken back"),
    "course.returned": _("A course was returned, with the reason"),
    "course.published": _("A course was published"),
    "course.suspended": _("A course was suspended"),
    "course.resumed": _("A course was resumed"),
    "course.withdrawn": _("A course was withdrawn"),
}
"""What a partner may be told of. The test message `ping` goes to whoever asks for it."""
