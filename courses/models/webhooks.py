"""Where a partner wants to be told what became of its courses, and what it was told."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses import posting
from courses.models.catalogue import Course, set_together
from courses.workflow import DeliveryState, EndpointState
from portal import crypto
from portal.models import CheckedTogether


class WebhookEndpoint(CheckedTogether):
    """An address of a partner and the events (courses/workflow.py) it asks for.

    Where the system paused it, `paused_by` is empty.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    url = models.CharField(_("address"), max_length=500)
    events = ArrayField(models.CharField(max_length=40), default=list)
    state = models.CharField(max_length=10, choices=EndpointState.choices, default=EndpointState.ACTIVE)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    paused_reason = models.CharField(max_length=20, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=EndpointState.values), name="webhook_endpoint_state_is_known"
            ),
            models.CheckConstraint(
                condition=(Q(state=EndpointState.PAUSED, paused_at__isnull=False) & ~Q(paused_reason=""))
                | (
                    ~Q(state=EndpointState.PAUSED)
                    & Q(paused_at__isnull=True, paused_by__isnull=True, paused_reason="")
                ),
                name="webhook_endpoint_paused_has_reason",
            ),
            models.CheckConstraint(
                condition=set_together("removed"), name="webhook_endpoint_removed_at_with_by"
            ),
            models.CheckConstraint(
                condition=Q(state=EndpointState.REMOVED, removed_at__isnull=False)
                | (~Q(state=EndpointState.REMOVED) & Q(removed_at__isnull=True)),
                name="webhook_endpoint_removed_has_time",
            ),
            models.UniqueConstraint(
                fields=["organisation", "url"],
                condition=~Q(state=EndpointState.REMOVED),
                name="webhook_endpoint_once",
                violation_error_message=_("This address is entered already."),
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def pause_text(self) -> str:
        """Why it is paused, in the reader's language."""
        return str(posting.PROBLEMS.get(self.paused_reason) or _("Paused at the desk."))


class WebhookSecret(models.Model):
    """A secret that signs what an endpoint is told, from a moment to a moment. The newest has no end yet."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="secrets")
    secret_sealed = models.BinaryField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=Q(ends_at__isnull=True), name="webhook_secret_one_newest"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="webhook_secret_ends_after_it_starts",
            ),
        ]

    @property
    def secret(self) -> str:
        """`whsec_` and the base64 of 32 bytes."""
        return crypto.unseal(self.secret_sealed, table="courses_webhooksecret", column="secret", row=self.uid)

    @secret.setter
    def secret(self, text: str) -> None:
        self.secret_sealed = crypto.seal(text, table="courses_webhooksecret", column="secret", row=self.uid)


class WebhookDelivery(models.Model):
    """One message to one endpoint; `uid` is its webhook-id. Its words never change.

    Written in the transaction of what it tells of. `due_at` is when it is tried next: a worker that takes it up
    moves that forward before it sends, so that a message whose worker dies is sent again, under the same id.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="+")
    event = models.CharField(max_length=40)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    answer_status = models.PositiveSmallIntegerField(null=True)
    answer_text = models.CharField(max_length=500, blank=True)
    problem = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="webhook_delivery_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.WAITING, due_at__isnull=False, delivered_at__isnull=True)
                | Q(state=DeliveryState.DELIVERED, due_at__isnull=True, delivered_at__isnull=False)
                | (
                    Q(state=DeliveryState.FAILED, due_at__isnull=True, delivered_at__isnull=True)
                    & ~Q(problem="")
                ),
                name="webhook_delivery_state_has_its_times",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="webhook_delivery_due"),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_by_endpoint"),
        ]

    @property
    def message_id(self) -> str:
        return f"msg_{self.uid.hex}"

    @property
    def problem_text(self) -> str:
        """Why the last try failed, in the reader's language."""
        return str(posting.PROBLEMS.get(self.problem, self.problem))
