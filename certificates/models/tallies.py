"""Certificates counted once, when a day is over, so that no page counts them all."""

from django.db import models
from django.db.models import Q


class MonthTally(models.Model):
    """So many certificates of a kind, level and course for which `event` happened in a month, its tallied days together.

    By month and not by day: of thousands of courses few issue twice a day, so by day there were as many rows as
    certificates. What failed is not tallied: who is tried again has not failed, and it is few.
    """

    class Event(models.TextChoices):
        ISSUED = "issued"
        REVOKED = "revoked"
        REPLACED = "replaced"

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField()
    event = models.CharField(max_length=8, choices=Event.choices)
    kind = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField(null=True)
    course_code = models.CharField(max_length=24)
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["province", "first_on", "event", "kind", "level", "course_code"],
                name="month_tally_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(n__gt=0), name="month_tally_of_some"),
            models.CheckConstraint(condition=Q(first_on__day=1), name="month_tally_of_a_month"),
            models.CheckConstraint(
                condition=Q(event__in=["issued", "revoked", "replaced"]),
                name="month_tally_event_known",
            ),
        ]


class TalliedDay(models.Model):
    """A day in Shanghai that is in the tallies. Its row is written with them, so none is tallied twice."""

    on = models.DateField(primary_key=True)
    tallied_at = models.DateTimeField()
