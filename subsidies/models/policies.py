"""Policies as dated data. A published version is never changed; a new one takes its place from a day on."""

import datetime as dt

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Left
from django.db.models.lookups import Exact
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from subsidies.policy.body import NATION
from subsidies.workflow.policies import PolicyState


def in_english() -> bool:
    return (get_language() or "").startswith("en")


class Programme(models.Model):
    """What is paid for: versions of policies belong to one. `payees` who may be paid, `funds` out of which money."""

    class Kind(models.TextChoices):
        LEVEL = "level_certificate", pgettext_lazy("programme", "Level certificate")
        COMPLETION = "completion", pgettext_lazy("programme", "Completion")
        SPECIAL = "special", pgettext_lazy("programme", "Special ability")
        ENTERPRISE = "enterprise", pgettext_lazy("programme", "Training by an enterprise")
        PROJECT = "project", pgettext_lazy("programme", "Project contract")
        LIVING = "living_allowance", pgettext_lazy("programme", "Living allowance")

    class Payee(models.TextChoices):
        PERSON = "person", pgettext_lazy("payee", "The person")
        ENTERPRISE = "enterprise", pgettext_lazy("payee", "The enterprise")
        PROVIDER = "provider", pgettext_lazy("payee", "The provider")

    code = models.CharField(max_length=20, primary_key=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    payees = ArrayField(models.CharField(max_length=12, choices=Payee.choices))
    funds = ArrayField(models.CharField(max_length=20))

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "level_certificate",
                        "completion",
                        "special",
                        "enterprise",
                        "project",
                        "living_allowance",
                    ]
                ),
                name="programme_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(payees__contained_by=["person", "enterprise", "provider"], payees__len__gt=0),
                name="programme_payees_are_known",
            ),
            models.CheckConstraint(condition=Q(funds__len__gt=0), name="programme_has_a_fund"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh


class PolicyVersions(models.QuerySet["PolicyVersion"]):
    def published(self) -> "PolicyVersions":
        return self.filter(state=PolicyState.PUBLISHED)

    def of(self, region: str, programme: str) -> "PolicyVersions":
        """Those of a place itself, not of the layers above or below it."""
        return self.filter(region=region, programme=programme)


class PolicyVersion(models.Model):
    """`province` is null for the national frame; `region` is what the body says: the nation, a province or a city of it."""

    State = PolicyState

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, null=True, related_name="+")
    region = models.GeneratedField(
        expression=KT("body__region"), output_field=models.CharField(max_length=6), db_persist=True
    )
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    valid = DateRangeField()
    """The days of the selector's fact to which the version applies; the stored upper bound is the day after the last.

    An open end can be closed once, so that another version can follow; the text stays as it was published.
    """
    doc_no = models.CharField(max_length=80)
    body = models.JSONField()
    body_sha256 = models.CharField(max_length=64)
    schema = models.GeneratedField(
        expression=KT("body__schema"), output_field=models.CharField(max_length=20), db_persist=True
    )
    engine = models.CharField(max_length=20, blank=True)
    """The engine under which its cases passed when it was published."""
    state = models.CharField(max_length=10, choices=PolicyState.choices, default=PolicyState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    """Counts the changes of the draft, so that two editors do not write over each other."""
    authors = ArrayField(models.BigIntegerField(), default=list)
    """Ids of all who wrote in it; none of them publishes it."""
    document_key = models.CharField(max_length=200, blank=True)
    document_name = models.CharField(max_length=200, blank=True)
    document_bytes = models.PositiveIntegerField(default=0)
    document_sha256 = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField()
    edited_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    submitted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(null=True)
    returned_because = models.CharField(max_length=500, blank=True)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=500, blank=True)
    """Who ended a version that its text leaves open, or repealed one, when, and by which document; the last day is in `valid`."""

    objects = PolicyVersions.as_manager()

    class Meta:
        ordering = ["region", "programme", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "programme", "version"],
                name="policy_version_once",
                violation_error_message=_("This version number is taken."),
            ),
            ExclusionConstraint(
                name="policy_one_in_force",
                expressions=[
                    ("region", RangeOperators.EQUAL),
                    ("programme", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(state="published"),
                violation_error_message=_("Another published version applies to some of these days."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review", "published", "repealed"]),
                name="policy_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(province__isnull=True, region=NATION)
                | Q(province__isnull=False, region=F("province"))
                | Q(
                    Exact(Left("region", 2), Left("province", 2)),
                    province__isnull=False,
                    region__regex=r"^\d{6}$",
                )
                & ~Q(region__endswith="0000"),
                name="policy_region_lies_in_its_province",
            ),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True, submitted_at__isnull=True)
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="policy_submitted_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False), name="policy_submitted_first"
            ),
            models.CheckConstraint(
                condition=Q(returned_by__isnull=True, returned_at__isnull=True, returned_because="")
                | Q(returned_by__isnull=False, returned_at__isnull=False) & ~Q(returned_because=""),
                name="policy_returned_by_somebody_for_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "in_review"], published_by__isnull=True, published_at__isnull=True
                )
                | Q(
                    state__in=["published", "repealed"],
                    published_by__isnull=False,
                    published_at__isnull=False,
                ),
                name="policy_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True, ended_because="")
                & ~Q(state="repealed")
                | Q(state__in=["published", "repealed"], ended_by__isnull=False, ended_at__isnull=False)
                & ~Q(ended_because=""),
                name="policy_ended_by_somebody_for_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | ~Q(published_by=F("edited_by")) & ~Q(published_by=F("submitted_by")),
                name="policy_editor_does_not_publish",
                violation_error_message=_("Who edited a policy cannot publish it."),
            ),
            models.CheckConstraint(
                condition=Q(document_key="", document_name="", document_bytes=0, document_sha256="")
                | ~Q(document_key="")
                & ~Q(document_name="")
                & Q(document_bytes__gt=0, document_sha256__regex="^[0-9a-f]{64}$"),
                name="policy_document_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.programme_id} v{self.version}"

    @property
    def title(self) -> str:
        titles = self.body.get("title") or {}
        return titles.get("en" if in_english() else "zh") or self.doc_no

    @property
    def place(self) -> str:
        """Of whom it is, in words."""
        if self.province is None:
            return pgettext("policy", "The nation")
        city = "" if self.region == self.province_id else f" · {self.region}"
        return f"{self.province.name}{city}"

    @property
    def first_day(self) -> dt.date | None:
        return self.valid.lower

    @property
    def last_day(self) -> dt.date | None:
        """The last day to which the version applies; None while no end is set."""
        return self.valid.upper - dt.timedelta(days=1) if self.valid.upper else None

    @property
    def is_draft(self) -> bool:
        return self.state == PolicyState.DRAFT

    @property
    def is_sample(self) -> bool:
        """A fictional policy says so in its number or its title, and its pages say so too."""
        said = (self.doc_no, *(self.body.get("title") or {}).values())
        return any(word in text for text in said for word in ("sample", "fictional", "虚构"))


class PolicyCase(models.Model):
    """A worked case of a version: facts of nobody in particular, and what must come of them. `amount_fen` in fen.

    `because`: ids of the rules that must be the reason, those that fail or stay unknown; empty where any will do.
    """

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="cases")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    facts = models.JSONField()
    outcome = models.CharField(max_length=16)
    amount_fen = models.BigIntegerField()
    because = ArrayField(models.CharField(max_length=80), default=list)

    class Meta:
        ordering = ["version_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["version", "place"], name="policy_case_place_once"),
            models.UniqueConstraint(
                fields=["version", "name"],
                name="policy_case_name_once",
                violation_error_message=_("Another case of this version has this name."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="policy_case_has_a_name"),
            models.CheckConstraint(
                condition=Q(outcome="APPROVE", amount_fen__gte=0)
                | Q(outcome__in=["REJECT", "NEEDS_EVIDENCE"], amount_fen=0),
                name="policy_case_pays_only_where_approved",
                violation_error_message=_("Only an approval pays."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
