"""The closing exam and the short quizzes: what was drawn, what was answered when, what came of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from learners.models.enrolment import Enrolment
from learners.workflow import FAILED, MARKING, PASSED, RUNNING

LONGEST_TEXT, MOST_KEYS = 500, 20
ATTEMPT_STATE_NAMES = [
    (RUNNING, _("Running")),
    (MARKING, _("Being marked")),
    (PASSED, _("Passed")),
    (FAILED, _("Not passed")),
]


class Attempts(QuerySet["Attempt"]):
    def running(self) -> "Attempts":
        return self.filter(state=RUNNING)

    def graded(self) -> "Attempts":
        return self.filter(state__in=[PASSED, FAILED])

    def passed(self) -> "Attempts":
        return self.filter(state=PASSED)


class Attempt(models.Model):
    """One sitting of the closing exam. Times are the server's; the draw can be made again from `seed`.

    `right_ids` are the questions answered with full points. `close_at` is when the sweeper grades it with what was saved; a failure pushes it forward and leaves its reason in
    `trouble`. `score_percent` is cut, never rounded up. `figures_due_at` is when the figures of the questions are brought up to it;
    `figured_right_ids` are what stands in them. `signals_due_at` is when somebody looks for what a person should see (integrity).
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    seed = models.PositiveIntegerField()
    question_ids = ArrayField(models.BigIntegerField())
    pass_mark_percent = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ATTEMPT_STATE_NAMES, default=RUNNING)
    close_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=200, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    graded_at = models.DateTimeField(null=True, blank=True)
    right_ids = ArrayField(models.BigIntegerField(), null=True, blank=True)
    score_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    figures_due_at = models.DateTimeField(null=True, blank=True)
    figured_right_ids = ArrayField(models.BigIntegerField(), null=True, blank=True)
    signals_due_at = models.DateTimeField(null=True, blank=True)

    objects = Attempts.as_manager()

    class Meta:
        ordering = ["enrolment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(state__in=[RUNNING, MARKING]), name="attempt_one_open"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("started_at")), name="attempt_ends_after_start"),
            models.CheckConstraint(condition=Q(question_ids__len__gte=1), name="attempt_asks_something"),
            models.CheckConstraint(
                condition=Q(
                    state=RUNNING,
                    close_at__isnull=False,
                    graded_at__isnull=True,
                    submitted_at__isnull=True,
                    right_ids__isnull=True,
                    score_percent__isnull=True,
                )
                | Q(
                    state=MARKING,
                    close_at__isnull=True,
                    graded_at__isnull=True,
                    right_ids__isnull=True,
                    score_percent__isnull=True,
                )
                | Q(
                    state__in=[PASSED, FAILED],
                    close_at__isnull=True,
                    graded_at__isnull=False,
                    right_ids__isnull=False,
                    score_percent__isnull=False,
                ),
                name="attempt_state_has_its_facts",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(submitted_at__gte=F("started_at")),
                name="attempt_submitted_after_start",
            ),
            models.CheckConstraint(
                condition=Q(score_percent__isnull=True)
                | Q(state=PASSED, score_percent__lte=100, score_percent__gte=F("pass_mark_percent"))
                | Q(state=FAILED, score_percent__lt=F("pass_mark_percent")),
                name="attempt_state_fits_score",
            ),
            models.CheckConstraint(
                condition=Q(graded_at__isnull=False)
                | Q(figures_due_at__isnull=True, figured_right_ids__isnull=True),
                name="attempt_figured_once_graded",
            ),
            models.CheckConstraint(
                condition=Q(graded_at__isnull=False) | Q(signals_due_at__isnull=True),
                name="attempt_signals_once_graded",
            ),
        ]
        indexes = [
            models.Index(
                fields=["close_at"], condition=Q(close_at__isnull=False), name="attempt_to_be_closed"
            ),
            models.Index(
                fields=["figures_due_at"],
                condition=Q(figures_due_at__isnull=False),
                name="attempt_to_be_figured",
            ),
            models.Index(
                fields=["signals_due_at"],
                condition=Q(signals_due_at__isnull=False),
                name="attempt_to_be_looked_at",
            ),
        ]

    @property
    def total(self) -> int:
        return len(self.question_ids)

    @property
    def right(self) -> int | None:
        return None if self.right_ids is None else len(self.right_ids)

    @property
    def is_running(self) -> bool:
        return self.state == RUNNING

    @property
    def is_marking(self) -> bool:
        return self.state == MARKING

    @property
    def is_graded(self) -> bool:
        return self.state in {PASSED, FAILED}

    @property
    def is_passed(self) -> bool:
        return self.state == PASSED


class Answer(models.Model):
    """An answer as it was saved. A change is a new row: the row with the highest `seq` of a question holds.

    `chosen` are keys of options, in order where the order is the answer; or, of a `written` answer, one text as typed.
    `sending` is the sender's own name for it: what is sent again, since no word of it came back, is known by it.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    question_id = models.BigIntegerField()
    written = models.BooleanField(default=False)
    chosen = ArrayField(models.CharField(max_length=LONGEST_TEXT), default=list)
    saved_at = models.DateTimeField()
    seq = models.PositiveIntegerField()
    sending = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["attempt", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "seq"], name="answer_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="answer_seq_from_one"),
            models.UniqueConstraint(
                fields=["attempt", "question_id", "sending"],
                condition=Q(sending__isnull=False),
                name="answer_sending_once",
            ),
            models.CheckConstraint(
                condition=Q(written=True, chosen__len__lte=1)
                | Q(written=False, chosen__len__lte=MOST_KEYS)
                & Q(
                    Func(
                        Func(
                            "chosen", Value(" "), function="array_to_string", output_field=models.TextField()
                        ),
                        Value("^([A-Za-z0-9]{1,2}( |$))*$"),
                        function="regexp_like",
                        output_field=models.BooleanField(),
                    )
                ),
                name="answer_is_keys_or_one_text",
            ),
        ]


class QuizResult(models.Model):
    """One try at a lesson's short quiz. `answers` are `{question id: [keys]}`, `right_ids` those answered rightly."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="quiz_results")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    lesson_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    right_ids = ArrayField(models.BigIntegerField(), default=list)
    total = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "lesson_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "lesson_id", "number"], name="quiz_result_number_once"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__gte=F("opened_at")), name="quiz_result_submitted_after_opened"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=1, right_ids__len__lte=F("total")),
                name="quiz_result_right_within_total",
            ),
        ]

    @property
    def right(self) -> int:
        return len(self.right_ids)
