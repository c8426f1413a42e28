"""A claim, and the decisions made about it."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import clock
from subsidies.workflow import ENDED, REASONED, Act, State


class ClaimNumber(models.Model):
    """The last number given in a province and year; its row is the lock that keeps numbers without gaps or twins."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["province", "year"], name="claim_number_one_per_year")]


class ClaimDraft(models.Model):
    """Answers given so far, kept at each step until the claim is submitted."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claimant = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    certificate_serial = models.CharField(max_length=40)
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claimant", "certificate_serial"], name="claim_draft_one_per_certificate"
            )
        ]


class Claims(models.QuerySet["Claim"]):
    def live(self) -> "Claims":
        return self.exclude(state__in=ENDED)

    def of_person(self, key: bytes) -> "Claims":
        return self.filter(person_key=key)

    def awaiting_check(self) -> "Claims":
        return self.filter(state=State.SUBMITTED)


class Claim(models.Model):
    """One person's claim for one certificate. `amount_fen` is what the last decision reckoned; integer fen.

    `lines` are its parts: `[{"fund", "item", "fen", "formula", …}]`; their sum is the amount.
    """

    number = models.CharField(max_length=20, unique=True)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claimant = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    person_key = models.BinaryField(max_length=32)
    programme = models.CharField(max_length=20, default="SKILL")
    holder_masked = models.CharField(max_length=80)
    number_masked = models.CharField(max_length=18)

    certificate_serial = models.CharField(max_length=40)
    certificate_kind = models.CharField(max_length=12)
    certificate_issued_on = models.DateField()
    occupation = models.CharField(max_length=20)
    occupation_name = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(null=True)
    course_title = models.CharField(max_length=200)
    course_title_en = models.CharField(max_length=200, blank=True)

    declared = models.JSONField(default=dict)
    """What the claimant stated: path of the fact → value. Not known is not there."""
    confirmed = models.BooleanField(default=False)
    """A provincial reviewer compared what was declared with the records."""

    state = models.CharField(max_length=20, choices=State.choices, default=State.SUBMITTED)
    outcome = models.CharField(max_length=16, blank=True)
    amount_fen = models.BigIntegerField(default=0)
    lines = models.JSONField(default=list)
    reason = models.TextField(blank=True)

    key = models.CharField(max_length=100, blank=True)
    submitted_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    """When the next step by a person should be done; the queue is sorted by it."""
    check_due_at = models.DateTimeField(null=True)
    check_problem = models.CharField(max_length=200, blank=True)
    province_reviewer = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    ministry_reviewer = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = Claims.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="claim_queue"),
            models.Index(fields=["province", "state"], name="claim_by_province"),
            models.Index(fields=["person_key"], name="claim_by_person"),
            models.Index(fields=["check_due_at"], condition=Q(state="submitted"), name="claim_to_check"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate_serial"],
                condition=~Q(state__in=sorted(ENDED)),
                name="claim_one_live_per_certificate",
                violation_error_message=_("This certificate already has a claim."),
            ),
            models.UniqueConstraint(
                fields=["person_key", "occupation", "level"],
                condition=Q(certificate_kind="level") & ~Q(state__in=sorted(ENDED)),
                name="claim_one_live_per_occupation_and_level",
                violation_error_message=_("This occupation and level already has a claim."),
            ),
            models.UniqueConstraint(
                fields=["claimant", "key"], condition=~Q(key=""), name="claim_one_per_idempotency_key"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="claim_state_is_known"),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="claim_amount_not_negative"),
            models.CheckConstraint(
                condition=~Q(certificate_kind="level") | Q(level__isnull=False),
                name="claim_for_a_level_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "returned"]) | ~Q(reason=""),
                name="claim_turned_down_with_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(check_due_at__isnull=False),
                name="claim_submitted_will_be_checked",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(due_at__gte=F("submitted_at")),
                name="claim_due_after_submitted",
            ),
            models.CheckConstraint(
                condition=Q(check_due_at__isnull=True) | Q(check_due_at__gte=F("submitted_at")),
                name="claim_checked_after_submitted",
            ),
            models.CheckConstraint(
                condition=Q(moved_at__gte=F("submitted_at")), name="claim_moved_after_submitted"
            ),
            models.CheckConstraint(
                condition=~Q(province_reviewer=F("claimant")) & ~Q(ministry_reviewer=F("claimant")),
                name="claim_not_reviewed_by_its_claimant",
                violation_error_message=_("Nobody reviews their own claim."),
            ),
            models.CheckConstraint(
                condition=Q(ministry_reviewer__isnull=True) | ~Q(ministry_reviewer=F("province_reviewer")),
                name="claim_reviewed_by_two_people",
                violation_error_message=_("The second reviewer must differ from the first."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["submitted", "returned", "in_province_review", "rejected", "withdrawn"]
                )
                | Q(province_reviewer__isnull=False),
                name="claim_passed_by_the_province",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "submitted",
                        "returned",
                        "in_province_review",
                        "in_ministry_review",
                        "rejected",
                        "withdrawn",
                    ]
                )
                | Q(ministry_reviewer__isnull=False, amount_fen__gt=0),
                name="claim_approved_by_the_ministry",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def due_on(self) -> dt.date | None:
        """The last day for the desk that has the claim; `due_at` is the midnight that ends it."""
        return clock.today(self.due_at - dt.timedelta(microseconds=1)) if self.due_at else None

    @property
    def course_name(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.course_title_en if english and self.course_title_en else self.course_title


class Decision(models.Model):
    """One act of review with everything it rested on. Append-only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="decisions")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=12, choices=Act.choices)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    outcome = models.CharField(max_length=16)
    amount_fen = models.BigIntegerField()
    policy = models.ForeignKey(
        "subsidies.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    facts = models.JSONField()
    record = models.JSONField()
    """The explanation record: rules, lines, facts used, policy cited."""

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(act="checked", by__isnull=True) | (~Q(act="checked") & Q(by__isnull=False)),
                name="decision_by_the_rules_or_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=sorted(REASONED)) | ~Q(reason=""),
                name="decision_against_has_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="decision_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(outcome__in=["APPROVE", "REJECT", "NEEDS_EVIDENCE"]),
                name="decision_outcome_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=["passed", "approved"]) | Q(outcome="APPROVE", amount_fen__gt=0),
                name="decision_for_rests_on_the_rules",
            ),
        ]

    @property
    def rules(self) -> list[dict[str, Any]]:
        return self.record["rules"]
