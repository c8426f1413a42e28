"""Organisations that supply courses by machine: their keys, and the log of their calls."""

import datetime as dt
import uuid
import zlib

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.catalogue import set_together
from portal.accounts.models import Appointment
from portal.accounts.roles import Role
from portal.models import CheckedTogether


class PartnerKeyQuerySet(models.QuerySet["PartnerKey"]):
    def live(self, at: dt.datetime) -> "PartnerKeyQuerySet":
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=at))

    def with_makers(self, on: dt.date) -> "PartnerKeyQuerySet":
        """`maker_acts`: whether who made the key manages the organisation on that day."""
        held = Appointment.objects.filter(
            user=models.OuterRef("created_by"),
            user__is_active=True,
            organisation=models.OuterRef("organisation"),
            role=Role.PROVIDER_MANAGER,
            valid_from__lte=on,
        ).filter(Q(valid_to=None) | Q(valid_to__gte=on))
        return self.annotate(maker_acts=models.Exists(held))


class PartnerKey(CheckedTogether):
    """What a machine shows to act for an organisation. Who made the key answers for what it does.

    The secret is 256 random bits, so a plain SHA-256 of it is enough; only that is kept. `paced_until_at` is the moment
    up to which the calls so far have used up the key's pace (courses/services/partner_keys.py).
    """

    public_id = models.CharField(max_length=16, unique=True)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name of the key"), max_length=80)
    secret_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    paced_until_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    revoked_reason = models.CharField(max_length=500, blank=True)

    objects = PartnerKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=set_together("revoked"), name="partner_key_revoked_at_with_by"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_reason="")),
                name="partner_key_revoked_has_reason",
                violation_error_message=_("State why the key is revoked."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
                name="partner_key_expires_after_made",
                violation_error_message=_("The key would have expired already."),
            ),
            models.CheckConstraint(
                condition=Q(public_id__regex=r"^[a-z2-7]{12}$"), name="partner_key_id_is_plain"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="partner_key_by_organisation")]

    def __str__(self) -> str:
        return f"{self.name} ({self.public_id})"


class PartnerCall(models.Model):
    """One call of a partner: what was asked and what became of it. Kept for 90 days, never changed.

    Nothing refers to a row and nothing but its own number is unique, so that the table can be partitioned by `at`.
    A call comes by a key, or was sent again by a person (`resent_by`, `resent_from` is the `uid` of the first).
    """

    class Fate(models.TextChoices):
        CREATED = "created", pgettext_lazy("fate", "Created")
        UPDATED = "updated", pgettext_lazy("fate", "Updated")
        UNCHANGED = "unchanged", pgettext_lazy("fate", "Unchanged")
        SUBMITTED = "submitted", pgettext_lazy("fate", "Submitted")
        REFUSED = "refused", pgettext_lazy("fate", "Refused")
        MIXED = "mixed", pgettext_lazy("fate", "Mixed")
        REPEATED = "repeated", pgettext_lazy("fate", "Answered as before")
        READ = "read", pgettext_lazy("fate", "Read")

    class Operation(models.TextChoices):
        PUT_COURSE = "put_course", pgettext_lazy("operation", "Send a course")
        POST_COURSES = "post_courses", pgettext_lazy("operation", "Send courses")
        SUBMIT_COURSE = "submit_course", pgettext_lazy("operation", "Submit a course")
        READ = "read", pgettext_lazy("operation", "Read")

    SENDS = frozenset({Operation.PUT_COURSE, Operation.POST_COURSES, Operation.SUBMIT_COURSE})

    uid = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(PartnerKey, on_delete=models.PROTECT, null=True, related_name="+")
    resent_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    resent_from = models.UUIDField(null=True)
    at = models.DateTimeField(db_index=True)
    operation = models.CharField(max_length=20, choices=Operation.choices)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    partner_ref = models.CharField(max_length=80, blank=True)
    idempotency_key = models.CharField(max_length=100, blank=True)
    body_packed = models.BinaryField(null=True)
    body_bytes = models.PositiveIntegerField(default=0)
    body_digest = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField()
    fate = models.CharField(max_length=12, choices=Fate.choices)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(key__isnull=False, resent_by__isnull=True, resent_from__isnull=True)
                | Q(key__isnull=True, resent_by__isnull=False, resent_from__isnull=False),
                name="partner_call_by_key_or_person",
            ),
            models.CheckConstraint(
                condition=Q(status__gte=200, status__lte=599), name="partner_call_has_status"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="partner_call_by_organisation")]

    @property
    def body(self) -> bytes:
        return zlib.decompress(self.body_packed) if self.body_packed is not None else b""

    @property
    def may_be_resent(self) -> bool:
        return self.operation in self.SENDS and (
            self.operation == self.Operation.SUBMIT_COURSE or self.body_packed is not None
        )
