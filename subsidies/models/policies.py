"""Policies as dated data. A published version is never changed; a new one takes its place from a day on."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class PolicyVersions(models.QuerySet["PolicyVersion"]):
    def published(self) -> "PolicyVersions":
        return self.filter(state=PolicyVersion.State.PUBLISHED)

    def of(self, province_code: str, programme: str) -> "PolicyVersions":
        return self.filter(province_id=province_code, programme=programme)


class PolicyVersion(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    programme = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    valid = DateRangeField()
    """The days of the selector's fact to which the version applies; the stored upper bound is the day after the last.

    An open end can be closed once, so that another version can follow; the text stays as it was published.
    """
    doc_no = models.CharField(max_length=80)
    body = models.JSONField()
    body_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    edited_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=500, blank=True)
    """Who ended a version that its text leaves open, when, and by which document; the last day is in `valid`."""

    objects = PolicyVersions.as_manager()

    class Meta:
        ordering = ["province_id", "programme", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "programme", "version"],
                name="policy_version_once",
                violation_error_message=_("This version number is taken."),
            ),
            ExclusionConstraint(
                name="policy_one_in_force",
                expressions=[
                    ("province", RangeOperators.EQUAL),
                    ("programme", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(state="published"),
                violation_error_message=_("Another published version applies to some of these days."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_by__isnull=True, published_at__isnull=True)
                | Q(state="published", published_by__isnull=False, published_at__isnull=False),
                name="policy_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True, ended_because="")
                | Q(state="published", ended_by__isnull=False, ended_at__isnull=False) & ~Q(ended_because=""),
                name="policy_ended_by_somebody_for_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("edited_by")),
                name="policy_editor_does_not_publish",
                violation_error_message=_("Who edited a policy cannot publish it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.province_id} {self.programme} v{self.version}"

    @property
    def title(self) -> str:
        titles = self.body.get("title") or {}
        return titles.get("en" if (get_language() or "").startswith("en") else "zh") or self.doc_no

    @property
    def last_day(self) -> dt.date | None:
        """The last day to which the version applies; None while no end is set."""
        return self.valid.upper - dt.timedelta(days=1) if self.valid.upper else None

    @property
    def is_sample(self) -> bool:
        """A fictional policy says so in its number or its title, and its pages say so too."""
        said = (self.doc_no, *(self.body.get("title") or {}).values())
        return any(word in text for text in said for word in ("sample", "fictional", "虚构"))
