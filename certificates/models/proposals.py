"""Proposals to change a certificate that is issued; a second person decides."""

import uuid

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates import workflow


class Proposals(QuerySet["Proposal"]):
    def open(self) -> "Proposals":
        return self.filter(state=workflow.OPEN)


class Proposal(models.Model):
    """To revoke a certificate, or to replace it by one with the facts of today. `reason` is what the public will read."""

    class Kind(models.TextChoices):
        REVOKE = "revoke", pgettext_lazy("proposal", "Revoke")
        REPLACE = "replace", pgettext_lazy("proposal", "Replace")

    class State(models.TextChoices):
        OPEN = workflow.OPEN, pgettext_lazy("proposal", "Waits for a second person")
        APPROVED = workflow.APPROVED, pgettext_lazy("proposal", "Approved")
        REFUSED = workflow.REFUSED, pgettext_lazy("proposal", "Refused")
        WITHDRAWN = workflow.WITHDRAWN, pgettext_lazy("proposal", "Withdrawn")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    certificate = models.ForeignKey(
        "certificates.Certificate", on_delete=models.PROTECT, related_name="proposals"
    )
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=500)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decision_reason = models.CharField(max_length=500, blank=True)

    objects = Proposals.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["province", "proposed_at"],
                condition=Q(state=workflow.OPEN),
                name="proposal_open_by_province",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["revoke", "replace"]), name="proposal_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[workflow.OPEN, workflow.APPROVED, workflow.REFUSED, workflow.WITHDRAWN]
                ),
                name="proposal_state_known",
            ),
            models.UniqueConstraint(
                fields=["certificate"],
                condition=Q(state=workflow.OPEN),
                name="proposal_one_open_per_certificate",
                violation_error_message=_("There is a proposal for this certificate already."),
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.OPEN, decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state=workflow.OPEN) & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="proposal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[workflow.APPROVED, workflow.REFUSED])
                | ~Q(decided_by=F("proposed_by")),
                name="proposal_decided_by_a_second_person",
                violation_error_message=_("Who proposed it cannot decide it."),
            ),
            models.CheckConstraint(
                condition=~Q(state=workflow.WITHDRAWN) | Q(decided_by=F("proposed_by")),
                name="proposal_withdrawn_by_who_proposed_it",
            ),
            models.CheckConstraint(
                condition=~Q(state=workflow.REFUSED) | ~Q(decision_reason=""),
                name="proposal_refused_for_a_reason",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="proposal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("proposed_at")),
                name="proposal_decided_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)
