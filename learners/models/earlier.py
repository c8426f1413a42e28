"""What somebody began on a former platform, until they register here with their real name."""

from django.db import models


class EarlierEnrolment(models.Model):
    """A course that a former platform says somebody learnt. Its hours are a declaration: they never count.

    When the person registers, each becomes an enrolment of that day (`taken_up_at`) where the course can be begun.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    course_code = models.CharField(max_length=24)
    enrolled_on = models.DateField()
    declared_tenths = models.PositiveIntegerField(default=0)
    taken_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "course_code"], name="earlier_enrolment_once_per_course"),
        ]
