"""How codes of an earlier edition of the occupation classification are read today."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import Occupation


class OccupationCrosswalk(models.Model):
    """A code of an earlier edition and what it became: an occupation of a later one.

    A split gives several rows of one code, a merger several codes of one occupation. `basis` is `found` where a source
    shows both codes, else `background`: never show such a row as official (courses/data/SOURCES.md).
    """

    class Kind(models.TextChoices):
        SAME = "same", _("Same code")
        MOVED = "moved", _("Another code")
        SPLIT = "split", _("Split")
        MERGED = "merged", _("Merged")
        WORK_TYPE = "work_type", _("Now a work type")

    class Basis(models.TextChoices):
        FOUND = "found", _("Found in a source")
        BACKGROUND = "background", _("General knowledge")

    from_edition = models.CharField(max_length=4)
    from_code = models.CharField(max_length=12)
    from_name_zh = models.CharField(max_length=100)
    to = models.ForeignKey(Occupation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["from_edition", "from_code", "to"]
        constraints = [
            models.UniqueConstraint(fields=["from_edition", "from_code", "to"], name="crosswalk_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["same", "moved", "split", "merged", "work_type"]),
                name="crosswalk_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["found", "background"]) & ~Q(source=""),
                name="crosswalk_has_its_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_code} ({self.from_edition}) → {self.to}"

    @property
    def is_proved(self) -> bool:
        return self.basis == self.Basis.FOUND
