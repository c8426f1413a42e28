"""What was decided about a claim, by whom, on which seat; and every step it took. Append-only but for seats given up."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal import clock
from subsidies.models.claims import Claim
from subsidies.workflow.claims import CODED, IN_FAVOUR, REASONED, Act, Seat, State


class Decision(models.Model):
    """One act of review with everything it rested on. Append-only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="decisions")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=12, choices=Act.choices)
    seat = models.CharField(max_length=16, choices=Seat.choices, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    reasons = models.JSONField(default=list)
    """Of an act against the claimant: `[{"code", "ref", "zh", "en"}]`, each with the clause it rests on (I16)."""
    outcome = models.CharField(max_length=16)
    amount_fen = models.BigIntegerField()
    policy = models.ForeignKey(
        "subsidies.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    facts = models.JSONField()
    record = models.JSONField()
    """The explanation record: rules, lines, facts used, policy cited."""
    routing = models.JSONField(default=dict)
    """Of a yes: who must look next and why, with the draw of the sample, so that it can be drawn again."""

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(act="checked", by__isnull=True, seat="")
                | (~Q(act="checked") & Q(by__isnull=False)),
                name="decision_by_the_rules_or_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=sorted(REASONED)) | ~Q(reason=""),
                name="decision_against_has_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.CheckConstraint(
                condition=~Q(act__in=sorted(CODED)) | ~Q(reasons=[]),
                name="decision_against_names_what_it_rests_on",
                violation_error_message=_("Choose what the decision rests on."),
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="decision_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(outcome__in=["APPROVE", "REJECT", "NEEDS_EVIDENCE"]),
                name="decision_outcome_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=sorted(IN_FAVOUR)) | Q(outcome="APPROVE", amount_fen__gt=0),
                name="decision_for_rests_on_the_rules",
            ),
        ]

    @property
    def rules(self) -> list[dict[str, Any]]:
        return self.record["rules"]


class ClaimSeat(models.Model):
    """Who sat where at a claim. Of those not given up nobody has two, and none is the claimant's or the agent's (I6)."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="seats")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claimant = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    seat = models.CharField(max_length=16, choices=Seat.choices)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    given_up_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    """Why somebody stays out."""

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "user"],
                condition=Q(given_up_at=None),
                name="claim_seat_one_per_person",
                violation_error_message=_("Nobody sits at a claim twice."),
            ),
            models.UniqueConstraint(
                fields=["claim", "seat"],
                condition=Q(given_up_at=None) & ~Q(seat__in=[Seat.RECUSED, Seat.OBJECTION]),
                name="claim_seat_taken_once",
            ),
            models.CheckConstraint(
                condition=~Q(user=F("claimant")),
                name="claim_seat_not_the_claimants",
                violation_error_message=_("Nobody reviews their own claim."),
            ),
            models.CheckConstraint(
                condition=Q(agent=None) | ~Q(user=F("agent")),
                name="claim_seat_not_the_agents",
                violation_error_message=_("Nobody reviews their own claim."),
            ),
            models.CheckConstraint(
                condition=Q(given_up_at=None) | Q(given_up_at__gte=F("taken_at")),
                name="claim_seat_given_up_after_taken",
            ),
            models.CheckConstraint(
                condition=~Q(seat=Seat.RECUSED) | ~Q(note=""),
                name="claim_seat_stays_out_for_a_reason",
                violation_error_message=_("State the reason."),
            ),
        ]


class ClaimMove(models.Model):
    """One step of a claim, written by a trigger in the statement that moves it: the state is the fold of these (I13)."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="moves")
    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    place = models.PositiveIntegerField()
    step = models.CharField(max_length=20)
    source = models.CharField(max_length=20, blank=True)
    target = models.CharField(max_length=20, choices=State.choices)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["claim_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "place"], name="claim_move_one_per_place"),
        ]


class Appeal(models.Model):
    """复核: the claimant's answer to a rejection, and what became of it. A claim has one."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="appeal")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    words = models.TextField()
    filed_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    granted = models.BooleanField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="claim_appeal_says_why"),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, granted=None, reason="")
                | (
                    Q(decided_by__isnull=False, decided_at__gte=F("filed_at"), granted__isnull=False)
                    & ~Q(reason="")
                ),
                name="claim_appeal_decided_with_a_reason",
                violation_error_message=_("State the reason."),
            ),
        ]


class ReviewSample(models.Model):
    """The seed from which a month's claims of a programme are drawn for a further look. Append-only.

    It may be shown once the month is over and none of its claims may still be drawn (`subsidies.selectors.samples`), so that
    nobody can reckon beforehand which claim will be looked at.
    """

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    programme = models.CharField(max_length=20)
    month = models.DateField()
    seed = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["province", "programme", "month"], name="review_sample_one_per_month"
            ),
            models.CheckConstraint(
                condition=Q(seed__regex=r"^[0-9a-f]{64}$"), name="review_sample_has_a_seed"
            ),
        ]

    def month_over(self, at: dt.datetime) -> bool:
        today = clock.today(at)
        return (today.year, today.month) > (self.month.year, self.month.month)
