"""Samples that an inspector draws and looks at. Nothing of them is altered: what was found is said once for each."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MOST_IN_A_SAMPLE = 100


class Inspection(models.Model):
    """A sample of `size` certificates out of `population` that fitted `filters` when it was drawn.

    Drawn by the order of SHA-256 over "seed|serial": whoever has the seed draws the same again. `province` is empty where
    the nation was inspected.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=200)
    filters = models.JSONField(default=dict)
    seed = models.CharField(max_length=64)
    population = models.PositiveIntegerField()
    size = models.PositiveSmallIntegerField()
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=MOST_IN_A_SAMPLE, population__gte=models.F("size")),
                name="inspection_size_in_reach",
                violation_error_message=_("A sample has 1 to 100 certificates."),
            ),
            models.CheckConstraint(
                condition=~Q(seed="") & ~Q(purpose=""), name="inspection_has_seed_and_purpose"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class InspectedCertificate(models.Model):
    """One of a sample, in the order in which it was drawn, and what the inspector found; said once."""

    class Outcome(models.TextChoices):
        OPEN = "", pgettext_lazy("inspection", "Not looked at yet")
        SOUND = "sound", pgettext_lazy("inspection", "Sound")
        FLAWED = "flawed", pgettext_lazy("inspection", "Flawed")

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="certificates")
    certificate = models.ForeignKey("certificates.Certificate", on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=6, choices=Outcome.choices, blank=True)
    words = models.CharField(max_length=500, blank=True)
    noted_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "place"], name="inspected_one_per_place"),
            models.UniqueConstraint(
                fields=["inspection", "certificate"], name="inspected_once_per_inspection"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", words="", noted_at__isnull=True, noted_by__isnull=True)
                | Q(outcome__in=["sound", "flawed"], noted_at__isnull=False, noted_by__isnull=False),
                name="inspected_noted_by_somebody",
                violation_error_message=_("What was found says by whom and when."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome="flawed") | ~Q(words=""),
                name="inspected_flawed_in_words",
                violation_error_message=_("Say what is wrong with it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id}/{self.place}"
