"""What keeps a claim from being paid."""

from django.db import models
from django.db.models import F, Q
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
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["claim"], condition=Q(closed_at=None), name="hold_open_by_claim")]
        constraints = [
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
