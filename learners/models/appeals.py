"""Appeals against a graded exam: what a learner says, and what a person decides about it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import pgettext_lazy

from learners.models.assessment import Attempt
from learners.workflow import GRANTED, OPEN, UPHELD


class Appeals(QuerySet["Appeal"]):
    def open(self) -> "Appeals":
        return self.filter(state=OPEN)


class Appeal(models.Model):
    """One learner's appeal against one graded attempt. `question_ids` are the questions meant, empty for the whole exam.

    Granted by marks, a `Regrade` says what stood before and what stands now. An attempt that was set aside keeps its
    result and no longer uses up the learner's attempts.
    """

    class State(models.TextChoices):
        OPEN = OPEN, pgettext_lazy("appeal", "Being looked into")
        UPHELD = UPHELD, pgettext_lazy("appeal", "The result stands")
        GRANTED = GRANTED, pgettext_lazy("appeal", "Granted")

    class Remedy(models.TextChoices):
        MARKS = "marks", pgettext_lazy("appeal", "Marks were changed")
        SET_ASIDE = "set_aside", pgettext_lazy("appeal", "The attempt does not count")

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="appeals")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    question_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    words = models.CharField(max_length=1000)
    appealed_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    remedy = models.CharField(max_length=10, choices=Remedy.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)

    objects = Appeals.as_manager()

    class Meta:
        ordering = ["-appealed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(state=OPEN), name="appeal_one_open_per_attempt"
            ),
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(remedy="set_aside"), name="appeal_sets_aside_once"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="appeal_says_why"),
            models.CheckConstraint(
                condition=Q(
                    state=OPEN, remedy="", decided_at__isnull=True, decided_by__isnull=True, reason=""
                )
                | (Q(state=UPHELD, remedy="") | Q(state=GRANTED, remedy__in=["marks", "set_aside"]))
                & Q(decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(reason=""),
                name="appeal_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("user")),
                name="appeal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("appealed_at")),
                name="appeal_decided_after_it_was_made",
            ),
        ]
        indexes = [models.Index(fields=["appealed_at"], condition=Q(state=OPEN), name="appeal_to_be_decided")]


class AppealMark(models.Model):
    """What an answer is worth after an appeal, for this attempt alone. It never lowers what rule and hand gave."""

    class Ruling(models.TextChoices):
        RIGHT = "right", pgettext_lazy("appeal", "Right")
        HALF = "half", pgettext_lazy("appeal", "Half right")
        VOID = "void", pgettext_lazy("appeal", "Void: the question was at fault")

    PERCENT = {"right": 100, "half": 50, "void": 100}

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="marks")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    question_id = models.BigIntegerField()
    ruling = models.CharField(max_length=5, choices=Ruling.choices)

    class Meta:
        ordering = ["appeal", "question_id"]
        constraints = [
            models.UniqueConstraint(fields=["appeal", "question_id"], name="appeal_mark_once"),
            models.CheckConstraint(
                condition=Q(ruling__in=["right", "half", "void"]), name="appeal_mark_known"
            ),
        ]

    @property
    def points_percent(self) -> int:
        return self.PERCENT[self.ruling]
