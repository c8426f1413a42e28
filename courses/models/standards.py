"""Content and duration standards as dated data, the checks made by them, and the courses that fall short of a new one."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.models.catalogue import LEVEL_NAMES, Course, Listed, Occupation, set_together, spoken
from courses.models.content import CourseVersion
from courses.standards import Standard, read_standard
from courses.workflow import StandardState
from portal.models import CheckedTogether

_YEARS = 730


class ContentStandards(models.QuerySet["ContentStandard"]):
    def published(self) -> "ContentStandards":
        return self.filter(state=StandardState.PUBLISHED)

    def in_force(self, on: dt.date) -> "ContentStandards":
        return self.published().filter(valid__contains=on)

    def like(self, one: "ContentStandard") -> "ContentStandards":
        """Those of the same scope, the standard itself among them."""
        return self.filter(
            province=one.province_id,
            occupation=one.occupation_id,
            certificate_kind=one.certificate_kind,
            level=one.level,
        )


class ContentStandard(CheckedTogether):
    """What a course for an occupation, certificate and level must hold and how long it must last, from a day on.

    Without `province` it is the nation's. `body` is read by courses/standards/body.py. Once published it never changes;
    only its last day is set, by the standard that takes its place. `mend_days` is how long a published course that falls
    short has to follow.
    """

    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    occupation = models.ForeignKey(Occupation, on_delete=models.PROTECT, related_name="+")
    certificate_kind = models.CharField(max_length=12, choices=Listed.CertificateKind.choices)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    valid = DateRangeField()
    """The days on which it is in force; the stored upper bound is the day after the last."""
    title_zh = models.CharField(_("title in Chinese"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    doc_no = models.CharField(_("document number"), max_length=80)
    source = models.CharField(_("source document"), max_length=500)
    is_fictional = models.BooleanField(_("fictional"), default=False)
    mend_days = models.PositiveSmallIntegerField(default=90)
    body = models.JSONField()
    body_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=StandardState.choices, default=StandardState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    edited_at = models.DateTimeField()
    edited_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    objects = ContentStandards.as_manager()

    class Meta:
        ordering = ["occupation__code", "-level", "province_id", "-valid"]
        constraints = [
            models.CheckConstraint(
                condition=Q(certificate_kind="level", level__isnull=False, level__gte=1, level__lte=5)
                | (Q(certificate_kind__in=["special", "completion"]) & Q(level__isnull=True)),
                name="standard_level_fits_certificate",
                violation_error_message=_(
                    "A level certificate needs a level from 5 to 1; other certificates have none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False),
                name="standard_has_a_first_day",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(mend_days__lte=_YEARS),
                name="standard_mend_days_within_reason",
                violation_error_message=_("Courses get at most 730 days to follow."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=StandardState.values), name="standard_state_is_known"
            ),
            models.CheckConstraint(condition=set_together("published"), name="standard_published_at_with_by"),
            models.CheckConstraint(
                condition=Q(state=StandardState.DRAFT, published_at__isnull=True)
                | Q(state=StandardState.PUBLISHED, published_at__isnull=False),
                name="standard_state_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("edited_by")),
                name="standard_published_by_a_second_person",
                violation_error_message=_("Who edited a standard cannot publish it."),
            ),
            ExclusionConstraint(
                name="standard_one_in_force",
                expressions=[
                    (Coalesce("province_id", Value("")), RangeOperators.EQUAL),
                    ("occupation", RangeOperators.EQUAL),
                    ("certificate_kind", RangeOperators.EQUAL),
                    (Coalesce("level", Value(0)), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(state="published"),
                violation_error_message=_("Another published standard is in force on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.doc_no} {self.title_zh}"

    @property
    def title(self) -> str:
        return spoken(self.title_zh, self.title_en)

    @property
    def level_name(self) -> str:
        return str(LEVEL_NAMES.get(self.level) or self.get_certificate_kind_display())

    @property
    def is_national(self) -> bool:
        return self.province_id is None

    @property
    def issuer(self) -> str:
        return self.province.name if self.province else str(pgettext_lazy("issuer", "The nation"))

    @property
    def first_day(self) -> dt.date:
        return self.valid.lower

    @property
    def last_day(self) -> dt.date | None:
        """The last day in force; None while no end is set."""
        return self.valid.upper - dt.timedelta(days=1) if self.valid.upper else None

    @property
    def is_draft(self) -> bool:
        return self.state == StandardState.DRAFT

    def phase(self, on: dt.date) -> str:
        """draft, coming, in_force or over, as seen on a day."""
        if self.is_draft:
            return "draft"
        if on < self.valid.lower:
            return "coming"
        return "over" if self.valid.upper and on >= self.valid.upper else "in_force"

    @property
    def rules(self) -> Standard:
        """The body as typed rules. Raises StandardError for a body that no service has let in."""
        return read_standard(self.body, national=self.is_national)


class StandardCheck(models.Model):
    """What a check found when a version was submitted or published. Append-only.

    It outlives a draft that is given up, so `version` is no more than its number in the table of versions.
    """

    class Step(models.TextChoices):
        SUBMIT = "submit", _("Submit")
        PUBLISH = "publish", _("Publish")

    version = models.ForeignKey(
        CourseVersion, on_delete=models.DO_NOTHING, db_constraint=False, related_name="checks"
    )
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=8, choices=Step.choices)
    national = models.ForeignKey(ContentStandard, on_delete=models.PROTECT, null=True, related_name="+")
    provincial = models.ForeignKey(ContentStandard, on_delete=models.PROTECT, null=True, related_name="+")
    findings = models.JSONField()
    passed = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(step__in=["submit", "publish"]), name="check_step_is_known"),
        ]


class Recheck(models.Model):
    """The published courses to be checked again because a standard was published; worked off in chunks.

    `done` of `total` courses are checked, up to the course `reached`; `short` of them fall short.
    """

    standard = models.OneToOneField(ContentStandard, on_delete=models.PROTECT, related_name="recheck")
    due_at = models.DateTimeField(null=True)
    """When the next chunk is due; null once all are checked."""
    reached = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    short = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, ended_at__isnull=False)
                | Q(due_at__isnull=False, ended_at__isnull=True),
                name="recheck_is_due_or_ended",
            ),
            models.CheckConstraint(condition=Q(short__lte=F("done")), name="recheck_short_within_done"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(ended_at=None), name="recheck_due")]


class Shortfall(models.Model):
    """A published version that does not meet a standard published after it. Its past hours stay as they are.

    From the day after `due_on`, and as long as it is not mended, new enrolments do not count for subsidy.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="shortfalls")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="+")
    standard = models.ForeignKey(ContentStandard, on_delete=models.PROTECT, related_name="shortfalls")
    findings = models.JSONField()
    found_at = models.DateTimeField()
    due_on = models.DateField()
    mended_at = models.DateTimeField(null=True)
    mended_version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "standard"], name="shortfall_once_per_standard"),
            models.CheckConstraint(
                condition=Q(mended_at__isnull=True, mended_version__isnull=True)
                | Q(mended_at__isnull=False, mended_version__isnull=False),
                name="shortfall_mended_by_a_version",
            ),
        ]
        indexes = [models.Index(fields=["province", "due_on"], name="shortfall_by_province")]
