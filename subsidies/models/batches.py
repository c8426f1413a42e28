"""Payment batches: assembled by a maker, checked and released by another person, answered by the bank."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from subsidies.workflow.money import BatchState, LineState

UNCHECKED = [BatchState.ASSEMBLING, BatchState.ASSEMBLED]
GIVEN_UP = [BatchState.CANCELLING, BatchState.CANCELLED]
BEFORE_RELEASE = [*UNCHECKED, BatchState.CHECKED, *GIVEN_UP]
BEFORE_FILE = [*BEFORE_RELEASE, BatchState.RELEASING, BatchState.RELEASED]
AT_WORK = [BatchState.ASSEMBLING, BatchState.RELEASING, BatchState.CANCELLING]
"""A task has something left to do with these; what it is stands in the row."""


class Batch(models.Model):
    """One payment run of a province. The database holds that its totals are those of its lines (see migration 0032).

    The payment file lies sealed in storage under `file_name`; `file_sha256` is the digest of its plain bytes, and
    `lines_sha256` of what its lines say. `done` of `total` claims are looked at while it is assembled, up to the claim
    `reached`; `due_at` is when a task goes on with one that is AT_WORK, `problem` what kept it from that.
    """

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    place = models.PositiveIntegerField()
    number = models.CharField(max_length=24, unique=True)
    profile = models.ForeignKey("subsidies.BankProfile", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=BatchState.choices, default=BatchState.ASSEMBLING)
    line_count = models.PositiveIntegerField(default=0)
    total_fen = models.BigIntegerField(default=0)
    lines_sha256 = models.CharField(max_length=64, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reached = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
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
            ),
            models.Index(fields=["due_at"], condition=Q(state__in=AT_WORK), name="batch_to_work_on"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["province", "year", "place"], name="batch_one_per_place"),
            models.CheckConstraint(
                condition=Q(state__in=[BatchState.ASSEMBLING, *GIVEN_UP], total_fen__gte=0)
                | (Q(line_count__gt=0, total_fen__gt=0) & Q(lines_sha256__regex=r"^[0-9a-f]{64}$")),
                name="batch_has_lines_and_a_sum",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AT_WORK, due_at__isnull=False)
                | (~Q(state__in=AT_WORK) & Q(due_at=None)),
                name="batch_due_while_at_work",
            ),
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="batch_state_is_known"),
            models.CheckConstraint(
                condition=(Q(checked_by=None) | ~Q(checked_by=F("made_by")))
                & (Q(released_by=None) | ~Q(released_by=F("made_by"))),
                name="batch_maker_neither_checks_nor_releases",
                violation_error_message=_("Who assembled a batch cannot check or release it."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*UNCHECKED, *GIVEN_UP], checked_by=None, checked_at=None)
                | (
                    ~Q(state__in=UNCHECKED)
                    & Q(checked_by__isnull=False, checked_at__isnull=False, checked_at__gte=F("made_at"))
                ),
                name="batch_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BEFORE_RELEASE, released_by=None, released_at=None, file_due_at=None)
                | (
                    ~Q(state__in=BEFORE_RELEASE)
                    & Q(
                        released_by__isnull=False, released_at__isnull=False, released_at__gte=F("checked_at")
                    )
                    & (
                        Q(state=BatchState.RELEASING, file_due_at=None)
                        | (~Q(state=BatchState.RELEASING) & Q(file_due_at__isnull=False))
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
                        state__in=GIVEN_UP,
                        cancelled_by__isnull=False,
                        cancelled_at__isnull=False,
                        cancelled_at__gte=F("made_at"),
                    )
                    & ~Q(reason="")
                )
                | (~Q(state__in=GIVEN_UP) & Q(cancelled_by=None, cancelled_at=None)),
                name="batch_cancelled_with_a_reason",
                violation_error_message=_("State the reason."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BatchLine(models.Model):
    """One payment: an entitlement, to the account that was the payee's live one when the batch was made.

    `holder_masked` is the person masked, or the organisation that is paid.

    `late_at` is when the bank sent back what it had paid.
    """

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
    late_at = models.DateTimeField(null=True)
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
            models.CheckConstraint(
                condition=Q(late_at=None) | Q(state=LineState.RETURNED, late_at__gte=F("answered_at")),
                name="batch_line_late_after_its_answer",
            ),
        ]


class LeftOut(models.Model):
    """Why a claim that could be paid did not go into a batch when one was last assembled; gone once it does."""

    class Reason(models.TextChoices):
        NO_ACCOUNT = "no_account", _("No bank account")
        NEW_ACCOUNT = "new_account", _("Bank account changed only recently")
        NAME_PENDING = "name_pending", _("The bank has not yet said whether name and account belong together")
        NAME_DIFFERS = "name_differs", _("Name and account do not belong together")
        CLOSED = "closed", _("The account is closed")
        FUNCTION_OFF = "function_off", _("The card's bank function is switched off")
        NAME_UNKNOWN = "name_unknown", _("The bank could not say whether name and account belong together")
        UNWRITABLE = "unwritable", _("The bank's format cannot carry the name")
        YOURS = "yours", _("The person who assembled had a part in the claim")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="left_out")
    reason = models.CharField(max_length=16, choices=Reason.choices)
    looked_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["province", "reason"], name="left_out_by_province")]
        constraints = [
            models.UniqueConstraint(fields=["claim"], name="left_out_once"),
        ]
