"""Running numbers of papers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperNumber(models.Model):
    """The last number of a kind of paper in a province and year; its row is the lock that keeps numbers without gaps."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("Public notice")
        BATCH = "batch", _("Payment batch")
        RECOVERY = "recovery", _("Recovery order")
        PAYMENT = "payment", _("Payment notice")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["province", "year", "kind"], name="paper_number_one_per_kind")
        ]
