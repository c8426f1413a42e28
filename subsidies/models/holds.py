"""What keeps a claim from being paid."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Hold(models.Model):
    """Something that keeps a claim from being paid until a person closes it. Not a state: a claim may have several."""

    class Category(models.TextChoices):
        BANK_DETAILS = "bank_details", _("Bank details")
        OBJECTION = "objection", _("Objection")
        CHECK = "check", _("Check")
        CERTIFICATE = "certificate", _("Certificate")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="holds")
    category = models.CharField(max_length=16, choices=Category.choices)
    note = models.CharField(max_length=500)
    finding = models.ForeignKey(
        "subsidies.Finding", on_delete=models.PROTECT, null=True, related_name="holds"
    )
    """What a check found, where a check opened it. Such a hold waits for a person until `due_at`, and goes on waiting."""
    due_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["claim"], condition=Q(closed_at=None), name="hold_open_by_claim")]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "finding"], condition=Q(finding__isnull=False), name="hold_once_of_a_finding"
            ),
            models.CheckConstraint(
                condition=Q(finding=None, due_at=None)
                | Q(
                    finding__isnull=False,
                    category="check",
                    opened_by=None,
                    due_at__isnull=False,
                    due_at__gt=F("opened_at"),
                ),
                name="hold_of_a_finding_is_due",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, closed_because="")
                | (
                    Q(closed_at__isnull=False, closed_at__gte=F("opened_at"), closed_by__isnull=False)
                    & ~Q(closed_because="")
                ),
                name="hold_closed_by_somebody_with_a_reason",
                violation_error_message=_("State the reason."),
            ),
        ]

    @property
    def said(self) -> str:
        """Why it was opened, for the reader: the note as a person wrote it, the checks' own in the reader's language."""
        return (
            self.note
            if self.finding_id is None
            else gettext("A check found something that a person has to look into.")
        )
