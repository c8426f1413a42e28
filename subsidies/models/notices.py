"""Public notice (公示): who is to be paid what, masked, frozen and hashed, for a number of working days; and who was paid."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """`paper` is what was published and `sha256` its digest; only its end is written later.

    It runs the whole of `working_days` working days after the day of publication; `ends_at` is the midnight after
    `ends_on`. `basis` says per year where the working days come from: `announced` (the State Council's calendar) or
    `weekdays` (Monday to Friday, where no calendar was announced yet).
    """

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    place = models.PositiveIntegerField()
    number = models.CharField(max_length=24, unique=True)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    working_days = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    ends_at = models.DateTimeField()
    basis = models.JSONField()
    paper = models.JSONField()
    sha256 = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)
    end_due_at = models.DateTimeField()
    """When the task should end it: `ends_at`, or later where that failed for the reason in `problem`."""
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["end_due_at"], condition=Q(ended_at=None), name="notice_to_end")]
        constraints = [
            models.UniqueConstraint(fields=["province", "year", "place"], name="notice_one_per_place"),
            models.CheckConstraint(condition=Q(working_days__gte=1), name="notice_runs_a_day"),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on"), ends_at__gt=F("published_at")),
                name="notice_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(end_due_at__gte=F("ends_at")), name="notice_end_not_due_early"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("ends_at")),
                name="notice_not_ended_early",
                violation_error_message=_("The notice still runs."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def runs(self, at: dt.datetime) -> bool:
        return at < self.ends_at


class NoticeLine(models.Model):
    """One claim of a notice, as it was printed. Append-only."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="lines")
    line_no = models.PositiveIntegerField()
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="notice_lines")
    holder_masked = models.CharField(max_length=80)
    number_masked = models.CharField(max_length=18, blank=True)
    """Both as the policy's mask had them; a policy may leave the number out."""
    occupation_name = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(null=True)
    fen = models.BigIntegerField()

    class Meta:
        ordering = ["notice_id", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "line_no"], name="notice_line_once"),
            models.UniqueConstraint(fields=["notice", "claim"], name="notice_claim_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="notice_line_above_zero"),
        ]


class PaymentNotice(models.Model):
    """支付公示: what was paid, published once more where the policy asks for it. Frozen and hashed; append-only."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    place = models.PositiveIntegerField()
    number = models.CharField(max_length=24, unique=True)
    published_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    paper = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "year", "place"], name="payment_notice_one_per_place"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="payment_notice_has_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentLine(models.Model):
    """One claim of a payment notice, as it was printed: what the bank or an offset paid, in fen. Append-only; a claim has one."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    notice = models.ForeignKey(PaymentNotice, on_delete=models.PROTECT, related_name="lines")
    line_no = models.PositiveIntegerField()
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="+", db_index=False)
    holder_masked = models.CharField(max_length=80)
    number_masked = models.CharField(max_length=18, blank=True)
    occupation_name = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(null=True)
    fen = models.BigIntegerField()
    paid_on = models.DateField()

    class Meta:
        ordering = ["notice_id", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "line_no"], name="payment_line_once"),
            models.UniqueConstraint(
                fields=["claim"],
                name="payment_line_one_per_claim",
                violation_error_message=_("This payment was published already."),
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="payment_line_above_zero"),
        ]
