"""What the bank says of a batch: a file as it came, and what it says of each line."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AnswerFile(models.Model):
    """A bank's answer as it was uploaded, sealed in storage. `accepted` is None until it is read (`due_at`).

    A refused one changed nothing; `report` says why, row by row.
    """

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey("subsidies.Batch", on_delete=models.PROTECT, related_name="answer_files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    received_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    content_name = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)
    row_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    pending_count = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], condition=Q(accepted=None), name="answer_file_to_read")]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted=None, new_count=0, report=[])
                | Q(accepted=True, report=[])
                | (Q(accepted=False, new_count=0) & ~Q(report=[])),
                name="answer_file_refused_with_a_report",
            ),
            models.CheckConstraint(
                condition=Q(accepted=None, read_at=None, due_at__isnull=False)
                | Q(accepted__isnull=False, read_at__gte=F("received_at"), due_at=None),
                name="answer_file_read_at_a_time",
            ),
        ]


class BankAnswer(models.Model):
    """What the bank said about one line; `late` where it sends back what it had paid before (退票).

    It is applied once, by a task, when `applied_at` is set.
    """

    class Result(models.TextChoices):
        PAID = "paid", _("Paid")
        RETURNED = "returned", pgettext_lazy("line", "Returned")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(AnswerFile, on_delete=models.PROTECT, related_name="answers")
    line = models.ForeignKey("subsidies.BatchLine", on_delete=models.PROTECT, related_name="answers")
    answer_id = models.CharField(max_length=64)
    result = models.CharField(max_length=10, choices=Result.choices)
    fen = models.BigIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    late = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    problem = models.CharField(max_length=200, blank=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(applied_at=None), name="bank_answer_to_apply")
        ]
        constraints = [
            models.UniqueConstraint(fields=["line", "late"], name="bank_answer_one_per_line"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="bank_answer_above_zero"),
            models.CheckConstraint(
                condition=Q(result="paid") | (Q(result="returned") & ~Q(reason="")),
                name="bank_answer_returned_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(late=False) | Q(result="returned"), name="bank_answer_late_is_a_return"
            ),
        ]
