"""A holder's word that an employer may check certificates, and each time that one did."""

import datetime as dt
import uuid
from typing import Final

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

MOST_DAYS: Final = 90
"""Until the end of this day at the latest, counted from the one on which it is given."""

MOST_USES: Final = 100
"""So often one code is answered. Whoever types names against it cannot go on for ever."""


class Consents(QuerySet["ConsentCode"]):
    def open(self, at: dt.datetime) -> "Consents":
        return self.filter(withdrawn_at=None, ends_at__gt=at)


class ConsentCode(models.Model):
    """What somebody gives to one employer. The code itself is shown once; a blind index of it is kept.

    `given_to` is how the holder calls the employer; `organisation` the account that used the code first, and from then on
    the only one that may. It covers all certificates of the holder, also those to come, or `certificates`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    code_index = models.BinaryField(max_length=32, unique=True)
    given_to = models.CharField(max_length=80)
    purpose = models.CharField(max_length=120)
    covers_all = models.BooleanField(default=False)
    certificates = models.ManyToManyField("certificates.Certificate", related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = Consents.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "-id"], name="consent_code_of_user")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("given_at"))
                & Q(ends_at__lte=F("given_at") + dt.timedelta(days=MOST_DAYS + 1)),
                name="consent_code_ends_in_time",
                violation_error_message=_("A consent code ends after 90 days at the latest."),
            ),
            models.CheckConstraint(
                condition=~Q(given_to="") & ~Q(purpose=""),
                name="consent_code_names_whom_and_what_for",
                violation_error_message=_("A consent names the employer and what it is for."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_code_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class ConsentUse(models.Model):
    """An employer checked with a code. What was found is what the certificates said then; names are not kept."""

    consent = models.ForeignKey(ConsentCode, on_delete=models.PROTECT, related_name="uses")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    used_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.pk)
