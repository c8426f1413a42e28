"""Extra time for an exam, granted to one learner by a person with a reason."""

from django.db import models
from django.db.models import Q

from learners.models.enrolment import Enrolment


class ExtraTime(models.Model):
    """Minutes on top of the exam's own, for every attempt that begins from then on. The newest row holds; 0 ends it."""

    MOST_MINUTES = 240

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="extra_times")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__lte=240), name="extra_time_within_reason"),
            models.CheckConstraint(condition=~Q(reason=""), name="extra_time_has_reason"),
        ]
