"""What the checks found, and the numbers they look by. A finding stops or weighs a claim; it never rejects one."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import clock


class CheckTerms(models.Model):
    """The numbers of the checks from a day on, where they differ from `subsidies.fraud.numbers`. Append-only."""

    starts_on = models.DateField(unique=True)
    numbers = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    set_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="check_terms_have_a_reason",
                violation_error_message=_("State the reason."),
            ),
        ]


class Findings(models.QuerySet["Finding"]):
    def open(self) -> "Findings":
        return self.filter(state=Finding.State.OPEN)

    def weighing(self) -> "Findings":
        """Those that raise the chance of a further look: not looked into yet, or confirmed."""
        return self.filter(state__in=[Finding.State.OPEN, Finding.State.CONFIRMED])


class Finding(models.Model):
    """What one check saw of a claim, a provider, an officer or a province, with the figures it rests on.

    `key` is what was seen within the subject, so that the same is found once: a period, an account's row, a device's.
    `version` is that of the check, `terms` the numbers in force (none: the defaults). `evidence` holds figures and claim
    numbers, nothing personal. `person` is the claimant where it is about a claim. `due_at` is when a person should have
    decided; a hold never ends by itself.
    """

    class Action(models.TextChoices):
        HOLD = "hold", pgettext_lazy("check", "Holds the claim")
        SAMPLE = "sample", pgettext_lazy("check", "Raises the chance of a further look")
        REPORT = "report", pgettext_lazy("check", "Tells the auditor")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("finding", "To be looked into")
        DISMISSED = "dismissed", pgettext_lazy("finding", "Looked into: nothing")
        CONFIRMED = "confirmed", pgettext_lazy("finding", "Confirmed")
        REPORTED = "reported", pgettext_lazy("finding", "Told the auditor")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    check_code = models.CharField(max_length=24)
    version = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=6, choices=Action.choices)
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, null=True, related_name="findings")
    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    officer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80, blank=True)
    evidence = models.JSONField(default=dict)
    weight = models.PositiveSmallIntegerField(default=0)
    """By how many percent points it raises the chance of the claims it is about."""
    terms = models.ForeignKey(CheckTerms, on_delete=models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    objects = Findings.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["province", "due_at"], condition=Q(state="open"), name="finding_open"),
            models.Index(fields=["province", "-id"], name="finding_by_province"),
            models.Index(fields=["check_code", "-id"], name="finding_by_check"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "check_code", "key"],
                condition=Q(claim__isnull=False),
                name="finding_once_of_a_claim",
            ),
            models.UniqueConstraint(
                fields=["check_code", "province", "provider", "officer", "key"],
                condition=Q(claim=None),
                nulls_distinct=False,
                name="finding_once_of_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(claim__isnull=False, person__isnull=False, provider=None, officer=None)
                | Q(claim=None, person=None) & (Q(provider=None) | Q(officer=None)),
                name="finding_has_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(action="report", state="reported") | ~Q(action="report") & ~Q(state="reported"),
                name="finding_reported_is_not_decided",
            ),
            models.CheckConstraint(
                condition=~Q(action="hold") | Q(due_at__isnull=False), name="finding_that_holds_is_due"
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(due_at__gt=F("found_at")), name="finding_due_later"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "reported"], decided_by=None, decided_at=None, reason="")
                | (
                    Q(
                        state__in=["dismissed", "confirmed"],
                        decided_by__isnull=False,
                        decided_at__gte=F("found_at"),
                    )
                    & ~Q(reason="")
                ),
                name="finding_decided_by_somebody_with_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(person=None) | ~Q(decided_by=F("person")),
                name="finding_not_decided_by_its_person",
                violation_error_message=_("Nobody decides about their own claim."),
            ),
            models.CheckConstraint(condition=Q(weight__lte=100), name="finding_weight_in_percent"),
        ]

    @property
    def due_on(self) -> dt.date | None:
        """The last day for the decision; `due_at` is the midnight that ends it."""
        return clock.today(self.due_at - dt.timedelta(microseconds=1)) if self.due_at else None

    @property
    def figures(self) -> dict[str, Any]:
        return self.evidence.get("figures", {})


class LookCampaign(models.Model):
    """A month's random look at claims of a province, provider by provider, whatever their risk. Append-only.

    Which providers and which claims follows from `seed` and the claims of the month; `drawn` are their numbers.
    """

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    seed = models.CharField(max_length=64)
    population = models.PositiveIntegerField()
    numbers = models.JSONField()
    """What was drawn by: the percentages, the fewest and the most."""
    drawn = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["province", "month"], name="look_campaign_one_per_month"),
            models.CheckConstraint(
                condition=Q(seed__regex=r"^[0-9a-f]{64}$"), name="look_campaign_has_a_seed"
            ),
        ]


class OutsideQuestion(models.Model):
    """A question about a claim to a register outside, and its last answer that counts: yes, no, or not known.

    `due_at` is when it is asked (again); `asked_at` names the open or last question, so that a late answer to an earlier
    one is set aside. The person's number is read when it is asked and kept nowhere.
    """

    class Says(models.TextChoices):
        YES = "yes", pgettext_lazy("register", "Yes")
        NO = "no", pgettext_lazy("register", "No")
        UNKNOWN = "unknown", pgettext_lazy("register", "Not known")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="outside_questions")
    question = models.CharField(max_length=24)
    says = models.CharField(max_length=8, choices=Says.choices, default=Says.UNKNOWN)
    as_of = models.DateField(null=True)
    reference = models.CharField(max_length=64, blank=True)
    trouble = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="outside_question_due"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["claim", "question"], name="outside_question_once"),
            models.CheckConstraint(
                condition=Q(says="unknown")
                | Q(answered_at__isnull=False, as_of__isnull=False, asked_at__isnull=False),
                name="outside_question_answered_at_a_time",
            ),
        ]
