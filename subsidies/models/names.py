"""Whether the bank says that an account belongs to the person it is to pay: the standing, and every answer as it came."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class NameCheck(models.Model):
    """The standing of one account. `due_at` is when the bank is asked (again); `asked_at` names the open or last question."""

    class Result(models.TextChoices):
        MATCH = "match", _("Name and account belong together")
        NO_MATCH = "no_match", _("Name and account do not belong together")
        CLOSED = "closed", _("The account is closed")
        FUNCTION_OFF = "function_off", _("The card's bank function is switched off")
        UNKNOWN = "unknown", _("The bank could not say")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    account = models.OneToOneField("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=12, choices=Result.choices, blank=True)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="name_check_due")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="")
                | Q(result__in=["match", "no_match", "closed", "function_off", "unknown"]),
                name="name_check_result_is_known",
            ),
            models.CheckConstraint(
                condition=Q(result="", answered_at=None)
                | (~Q(result="") & Q(asked_at__isnull=False, answered_at__isnull=False)),
                name="name_check_answered_at_a_time",
            ),
        ]


class NameAnswer(models.Model):
    """What came of one question: append-only. An answer that came too late, or to an earlier question, is not `used`."""

    check_of = models.ForeignKey(NameCheck, on_delete=models.PROTECT, related_name="answers")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    came_at = models.DateTimeField()
    port = models.CharField(max_length=120)
    result = models.CharField(max_length=12, choices=NameCheck.Result.choices)
    as_of = models.DateField(null=True)
    reference = models.CharField(max_length=64, blank=True)
    trouble = models.CharField(max_length=40, blank=True)
    used = models.BooleanField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["check_of", "asked_at"], condition=Q(used=True), name="name_answer_one_per_question"
            ),
            models.CheckConstraint(
                condition=Q(came_at__gte=F("asked_at")), name="name_answer_after_its_question"
            ),
        ]
