import uuid

from django.db import models
from django.db.models import F, Q

from portal.madefiles.workflow import State


class MadeFile(models.Model):
    """`done` of `parts` parts are written. `due_at` is when a worker looks next; `expires_at` when the file is deleted."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0)
    parts = models.PositiveSmallIntegerField()
    file_key = models.CharField(max_length=200, blank=True)
    file_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(state=State.WAITING, due_at__isnull=False, file_key="", ready_at__isnull=True)
                    | Q(state=State.FAILED, due_at__isnull=True, file_key="", ready_at__isnull=True)
                    | (
                        Q(
                            state=State.READY,
                            due_at__isnull=True,
                            ready_at__isnull=False,
                            expires_at__isnull=False,
                        )
                        & ~Q(file_key="")
                    )
                    | Q(state=State.DELETED, due_at__isnull=True, file_key="", deleted_at__isnull=False)
                ),
                name="%(class)s_state_has_its_file_and_times",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("parts")), name="%(class)s_done_within_parts"),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("ready_at")),
                name="%(class)s_expires_after_it_is_ready",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state=State.WAITING), name="%(class)s_to_make"),
            models.Index(fields=["expires_at"], condition=Q(state=State.READY), name="%(class)s_to_delete"),
        ]
