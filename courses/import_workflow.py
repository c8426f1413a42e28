"""The way of an import: read and shown first, applied only when a person says so. The table's trigger holds the same moves."""

from django.db import models
from django.utils.translation import pgettext_lazy

from portal.moves import Move


class ImportState(models.TextChoices):
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
DUE = frozenset({ImportState.UPLOADED, ImportState.READING, ImportState.APPLYING})
"""In these states a worker has something to do."""
