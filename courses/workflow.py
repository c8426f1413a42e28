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
    WITHDRAWN = "withdrawn", pgettext_lazy("course", "Withdrawn")


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", pgettext_lazy("course", "Under review")
    RETURNED = "returned", pgettext_lazy("course", "Returned")
    PUBLISHED = "published", _("Published")


class StandardState(models.TextChoices):
    """Of a content and duration standard. When it is in force, its days say."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class PackageState(models.TextChoices):
    """Of an uploaded package: in quarantine, shown to learners, not taken, or gone for a newer one."""

    WAITING = "waiting", pgettext_lazy("package", "Being checked")
    READY = "ready", pgettext_lazy("package", "Ready")
    REFUSED = "refused", pgettext_lazy("package", "Not taken")
    REPLACED = "replaced", pgettext_lazy("package", "Replaced")


class PaperState(models.TextChoices):
    """Of the file of an agreement or a decision: nobody gets it before the virus scan has passed it."""

    WAITING = "waiting", pgettext_lazy("paper", "Being checked for viruses")
    PASSED = "passed", pgettext_lazy("paper", "Checked")
    REFUSED = "refused", pgettext_lazy("paper", "Not taken")


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
STANDARD_MOVES = {
    "change": Move({StandardState.DRAFT}, StandardState.DRAFT),
    "publish": Move({StandardState.DRAFT}, StandardState.PUBLISHED),
}
"""A published standard ends when another takes its place; it never goes back."""
PACKAGE_MOVES = {
    "take": Move({PackageState.WAITING}, PackageState.READY),
    "refuse": Move({PackageState.WAITING}, PackageState.REFUSED),
    "replace": Move({PackageState.WAITING, PackageState.READY}, PackageState.REPLACED),
}
PAPER_MOVES = {
    "pass": Move({PaperState.WAITING}, PaperState.PASSED),
    "refuse": Move({PaperState.WAITING}, PaperState.REFUSED),
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


class LicenceState(models.TextChoices):
    """Of a provider in a province, from a day on. `none` is never stored: nothing was decided yet."""

    NONE = "none", pgettext_lazy("licence", "No licence")
    LISTED = "listed", pgettext_lazy("licence", "Listed")
    PROBATION = "probation", pgettext_lazy("licence", "On probation")
    SUSPENDED = "suspended", pgettext_lazy("licence", "Suspended")
    REMOVED = "removed", pgettext_lazy("licence", "Removed")


LICENCE_MOVES = {
    "list": Move(
        {LicenceState.NONE, LicenceState.PROBATION, LicenceState.SUSPENDED, LicenceState.REMOVED},
        LicenceState.LISTED,
    ),
    "put_on_probation": Move(
        {LicenceState.NONE, LicenceState.LISTED, LicenceState.SUSPENDED}, LicenceState.PROBATION
    ),
    "suspend": Move({LicenceState.LISTED, LicenceState.PROBATION}, LicenceState.SUSPENDED),
    "remove": Move({LicenceState.SUSPENDED}, LicenceState.REMOVED),
}
"""Removal follows a suspension and is decided by somebody else than the suspension."""
COUNTS = frozenset({LicenceState.LISTED, LicenceState.PROBATION})
"""New enrolments with a provider in these states may count for the subsidy."""
LICENCE_STEP_NAMES = {
    "list": pgettext_lazy("licence", "List"),
    "put_on_probation": pgettext_lazy("licence", "Put on probation"),
    "suspend": pgettext_lazy("licence", "Suspend"),
    "remove": pgettext_lazy("licence", "Remove"),
}


class FilmState(models.TextChoices):
    """Of footage, from the first byte that arrives to the film a learner sees."""

    RECEIVING = "receiving", pgettext_lazy("film", "Being sent")
    RECEIVED = "received", pgettext_lazy("film", "Being checked")
    MAKING = "making", pgettext_lazy("film", "Being made")
    READY = "ready", pgettext_lazy("film", "Ready")
    FAILED = "failed", pgettext_lazy("film", "Failed")
    CANCELLED = "cancelled", pgettext_lazy("film", "Cancelled")
    REMOVED = "removed", pgettext_lazy("film", "Removed")


FILM_MOVES = {
    "receive": Move({FilmState.RECEIVING}, FilmState.RECEIVED),
    "pass": Move({FilmState.RECEIVED}, FilmState.MAKING),
    "finish": Move({FilmState.MAKING}, FilmState.READY),
    "fail": Move({FilmState.RECEIVED, FilmState.MAKING}, FilmState.FAILED),
    "retry": Move({FilmState.FAILED}, FilmState.RECEIVED),
    "cancel": Move({FilmState.RECEIVING, FilmState.RECEIVED, FilmState.MAKING}, FilmState.CANCELLED),
    "remove": Move({FilmState.READY, FilmState.FAILED, FilmState.CANCELLED}, FilmState.REMOVED),
}
WORKED_ON = FILM_MOVES["fail"].sources
"""Films in these states are all here and in the hands of a worker; a submitted version waits for them."""


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


class ImportState(models.TextChoices):
    """Of an import: read and shown first, applied only when a person says so."""

    UPLOADED = "uploaded", pgettext_lazy("import", "Uploaded")
    READING = "reading", pgettext_lazy("import", "Being read")
    PREVIEWED = "previewed", pgettext_lazy("import", "Ready to apply")
    APPLYING = "applying", pgettext_lazy("import", "Being applied")
    APPLIED = "applied", pgettext_lazy("import", "Applied")
    FAILED = "failed", pgettext_lazy("import", "Cannot be read")
    CANCELLED = "cancelled", pgettext_lazy("import", "Cancelled")


IMPORT_MOVES = {
    "read": Move({ImportState.UPLOADED}, ImportState.READING),
    "preview": Move({ImportState.READING}, ImportState.PREVIEWED),
    "apply": Move({ImportState.PREVIEWED}, ImportState.APPLYING),
    "look_again": Move({ImportState.APPLYING}, ImportState.READING),
    "finish": Move({ImportState.APPLYING}, ImportState.APPLIED),
    "fail": Move({ImportState.UPLOADED, ImportState.READING, ImportState.APPLYING}, ImportState.FAILED),
    "cancel": Move({ImportState.UPLOADED, ImportState.READING, ImportState.PREVIEWED}, ImportState.CANCELLED),
}
IMPORT_DUE = frozenset({ImportState.UPLOADED, ImportState.READING, ImportState.APPLYING})
"""In these states a worker has something to do."""
