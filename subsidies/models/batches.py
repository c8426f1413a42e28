"""Payment batches: assembled by a maker, checked and released by another person, answered by the bank."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from subsidies.money_workflow import BatchState, LineState

BEFORE_RELEASE = [BatchState.ASSEMBLED, BatchState.CHECKED, BatchState.CANCELLED]
BEFORE_FILE = [*BEFORE_RELEASE, BatchState.RELEASED]


class Batch(models.Model):
    """One payment run of a province. The database holds that its totals are those of its lines (see migration 0003).

    The payment file lies sealed in storage under `file_name`; `file_sha256` is the digest of its plain content.
    """

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    place = models.PositiveIntegerField()
    number = models.CharField(max_length=24, unique=True)
    state = models.CharField(max_length=12, choices=BatchState.choices, default=BatchState.ASSEMBLED)
    line_count = models.PositiveIntegerField()
    total_fen = models.BigIntegerField()
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    checked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    file_due_at = models.DateTimeField(null=True)
    file_problem = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_written_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["file_due_at"], condition=Q(state=BatchState.RELEASED), name="batch_file_to_write"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["province", "year", "place"], name="batch_one_per_place"),
            models.CheckConstraint(
                condition=Q(line_count__gt=0, total_fen__gt=0), name="batch_has_lines_and_a_sum"
            ),
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state_is_known"),
            models.CheckConstraint(
                condition=(Q(checked_by=None) | ~Q(checked_by=F("made_by")))
                & (Q(released_by=None) | ~Q(released_by=F("made_by"))),
                name="batch_maker_neither_checks_nor_releases",
                violation_error_message=_("Who assembled a batch cannot check or release it."),
            ),
            models.CheckConstraint(
                condition=Q(state=BatchState.ASSEMBLED, checked_by=None, checked_at=None)
                | Q(state=BatchState.CANCELLED, checked_by=None, checked_at=None)
                | (
                    ~Q(state=BatchState.ASSEMBLED)
                    & Q(checked_by__isnull=False, checked_at__isnull=False, checked_at__gte=F("made_at"))
                ),
                name="batch_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BEFORE_RELEASE, released_by=None, released_at=None, file_due_at=None)
                | (
                    ~Q(state__in=BEFORE_RELEASE)
                    & Q(
                        released_by__isnull=False,
                        released_at__isnull=False,
                        released_at__gte=F("checked_at"),
                        file_due_at__isnull=False,
                    )
                ),
                name="batch_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BEFORE_FILE, file_name="", file_sha256="", file_written_at=None)
                | (
                    ~Q(state__in=BEFORE_FILE)
                    & Q(
                        file_sha256__regex=r"^[0-9a-f]{64}$",
                        file_written_at__isnull=False,
                        file_written_at__gte=F("released_at"),
                    )
                    & ~Q(file_name="")
                ),
                name="batch_sent_with_its_file",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=BatchState.ANSWERED,
                    answered_at__isnull=False,
                    answered_at__gte=F("file_written_at"),
                )
                | (~Q(state=BatchState.ANSWERED) & Q(answered_at=None)),
                name="batch_answered_at_a_time",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state=BatchState.CANCELLED,
                        cancelled_by__isnull=False,
                        cancelled_at__isnull=False,
                        cancelled_at__gte=F("made_at"),
                    )
                    & ~Q(reason="")
                )
                | (~Q(state=BatchState.CANCELLED) & Q(cancelled_by=None, cancelled_at=None)),
                name="batch_cancelled_with_a_reason",
                violation_error_message=_("State the reason."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BatchLine(models.Model):
    """One payment: an entitlement, to the account that was the person's live one when the batch was made."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="lines")
    line_no = models.PositiveIntegerField()
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="batch_lines")
    entitlement = models.ForeignKey(
        "subsidies.Entitlement", on_delete=models.PROTECT, related_name="batch_lines"
    )
    fen = models.BigIntegerField()
    account = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    account_changed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    holder_masked = models.CharField(max_length=80)
    account_masked = models.CharField(max_length=24)
    bank_name = models.CharField(max_length=80)
    notice_ended_at = models.DateTimeField()
    made_at = models.DateTimeField()
    released_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=LineState.choices, default=LineState.OPEN)
    answered_at = models.DateTimeField(null=True)
    bank_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["batch_id", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line_no"], name="batch_line_once"),
            models.UniqueConstraint(
                fields=["entitlement"],
                condition=Q(state__in=[LineState.OPEN, LineState.SENT, LineState.SETTLED]),
                name="batch_line_one_live_or_settled",
                violation_error_message=_("This sum already stands in a batch or was paid."),
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="batch_line_above_zero"),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="batch_line_state_is_known"),
            models.CheckConstraint(
                condition=Q(made_at__gte=F("notice_ended_at")),
                name="batch_line_after_the_notice",
                violation_error_message=_("The public notice has not ended."),
            ),
            models.CheckConstraint(
                condition=Q(released_by=None) | ~Q(released_by=F("account_changed_by")),
                name="batch_line_released_by_another_than_changed_the_account",
                violation_error_message=_("Who changed a bank account cannot release a payment to it."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[LineState.OPEN, LineState.REMOVED], released_by=None, answered_at=None)
                | Q(state=LineState.SENT, released_by__isnull=False, answered_at=None)
                | Q(
                    state__in=[LineState.SETTLED, LineState.RETURNED],
                    released_by__isnull=False,
                    answered_at__isnull=False,
                    answered_at__gte=F("made_at"),
                ),
                name="batch_line_state_and_times_agree",
            ),
            models.CheckConstraint(
                condition=~Q(state=LineState.RETURNED) | ~Q(bank_reason=""),
                name="batch_line_returned_with_a_reason",
            ),
        ]


class AnswerFile(models.Model):
    """A bank's answer as it was uploaded. A refused one changed nothing; `report` says why, row by row."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="answer_files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    received_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    accepted = models.BooleanField()
    row_count = models.PositiveIntegerField()
    new_count = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted=True, report=[]) | (Q(accepted=False, new_count=0) & ~Q(report=[])),
                name="answer_file_refused_with_a_report",
            ),
        ]


class BankAnswer(models.Model):
    """What the bank said about one line. It is applied once, by a task, when `applied_at` is set."""

    class Result(models.TextChoices):
        PAID = "paid", _("Paid")
        RETURNED = "returned", pgettext_lazy("line", "Returned")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(AnswerFile, on_delete=models.PROTECT, related_name="answers")
    line = models.ForeignKey(BatchLine, on_delete=models.PROTECT, related_name="answers")
    answer_id = models.CharField(max_length=64)
    result = models.CharField(max_length=10, choices=Result.choices)
    fen = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()
    problem = models.CharField(max_length=200, blank=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(applied_at=None), name="bank_answer_to_apply")]
        constraints = [
            models.UniqueConstraint(fields=["line"], name="bank_answer_one_per_line"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="bank_answer_above_zero"),
            models.CheckConstraint(
                condition=Q(result="paid") | (Q(result="returned") & ~Q(reason="")),
                name="bank_answer_returned_with_a_reason",
            ),
        ]
