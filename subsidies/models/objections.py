"""An objection (异议) to one line of a public notice. Who raised it is protected."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import clock, crypto


class Objection(models.Model):
    """Anybody may object, without a name; `receipt` is what the objector asks again with.

    Name and contact are sealed and shown to the officer who decides, with a trace. `document_…` is the evidence, looked
    at by the virus scan like every paper.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("objection", "Being looked into")
        UPHELD = "upheld", pgettext_lazy("objection", "Upheld")
        DISMISSED = "dismissed", pgettext_lazy("objection", "Dismissed")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey("subsidies.NoticeLine", on_delete=models.PROTECT, related_name="objections")
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="objections")
    hold = models.OneToOneField("subsidies.Hold", on_delete=models.PROTECT, related_name="objection")
    receipt = models.CharField(max_length=24, unique=True)
    words = models.TextField()
    contact_sealed = models.BinaryField(null=True)
    document_key = models.CharField(max_length=200, blank=True)
    document_name = models.CharField(max_length=160, blank=True)
    document_bytes = models.PositiveIntegerField(default=0)
    document_sha256 = models.CharField(max_length=64, blank=True)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["province", "due_at"], condition=Q(state="open"), name="objection_open")
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="objection_says_why"),
            models.CheckConstraint(condition=Q(due_at__gt=F("raised_at")), name="objection_due_later"),
            models.CheckConstraint(
                condition=Q(state="open", decided_by=None, decided_at=None, reason="")
                | (
                    Q(
                        state__in=["upheld", "dismissed"],
                        decided_by__isnull=False,
                        decided_at__gte=F("raised_at"),
                    )
                    & ~Q(reason="")
                ),
                name="objection_decided_by_somebody_with_a_reason",
                violation_error_message=_("State the reason."),
            ),
        ]

    def __str__(self) -> str:
        return self.receipt

    @property
    def due_on(self) -> dt.date:
        """The last day for the decision; `due_at` is the midnight that ends it."""
        return clock.today(self.due_at - dt.timedelta(microseconds=1))

    @property
    def contact(self) -> str:
        """Name and contact as they were given, or empty. Raises crypto.Unreadable."""
        if self.contact_sealed is None:
            return ""
        return crypto.unseal(
            self.contact_sealed, table="subsidies_objection", column="contact", row=self.receipt
        )
