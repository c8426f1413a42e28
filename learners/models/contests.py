"""What people say of the ledger: a learner contests time that did not count, two officers take back time that did.

The rows here ask and answer; what came of it is a row of the ledger.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners import workflow
from learners.models.time import LedgerRow, Mine

LONGEST = 500


class Contest(Mine):
    """A learner's sentence about one refused row, and the answer."""

    class State(models.TextChoices):
        WAITING = workflow.WAITING, pgettext_lazy("contest", "Waits for an answer")
        GRANTED = workflow.GRANTED, pgettext_lazy("contest", "Granted")
        KEPT = workflow.KEPT, pgettext_lazy("contest", "Stays as it is")

    row = models.ForeignKey(LedgerRow, on_delete=models.PROTECT, related_name="contests", db_index=False)
    words = models.CharField(max_length=LONGEST)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(max_length=LONGEST, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["row"],
                name="contest_one_per_row",
                violation_error_message=_("This has been contested already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state=workflow.WAITING, answered_at__isnull=True, answered_by__isnull=True, answer=""
                )
                | (
                    Q(state__in=[workflow.GRANTED, workflow.KEPT])
                    & Q(answered_at__isnull=False, answered_by__isnull=False)
                    & ~Q(answer="")
                ),
                name="contest_answered_by_somebody_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("user")),
                name="contest_answered_by_another",
                violation_error_message=_("Somebody else has to answer a contest of your own."),
            ),
            models.CheckConstraint(condition=~Q(words=""), name="contest_says_why"),
        ]
        indexes = [
            models.Index(
                fields=["province", "asked_at"], condition=Q(state=workflow.WAITING), name="contest_waiting"
            )
        ]


class Correction(Mine):
    """A proposal to take back `ms` of a credit, and what a second person said to it."""

    class State(models.TextChoices):
        PROPOSED = workflow.PROPOSED, pgettext_lazy("correction", "Waits for a second person")
        CONFIRMED = workflow.CONFIRMED, pgettext_lazy("correction", "Taken back")
        DROPPED = workflow.DROPPED, pgettext_lazy("correction", "Dropped")

    row = models.ForeignKey(LedgerRow, on_delete=models.PROTECT, related_name="corrections")
    ms = models.PositiveIntegerField()
    why = models.CharField(max_length=LONGEST)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["row"],
                condition=Q(state=workflow.PROPOSED),
                name="correction_one_open_per_row",
                violation_error_message=_(
                    "Somebody has proposed this already; it waits for a second person."
                ),
            ),
            models.CheckConstraint(condition=Q(ms__gt=0), name="correction_takes_something"),
            models.CheckConstraint(condition=~Q(why=""), name="correction_says_why"),
            models.CheckConstraint(
                condition=Q(state=workflow.PROPOSED, decided_at__isnull=True, decided_by__isnull=True)
                | (
                    Q(state__in=[workflow.CONFIRMED, workflow.DROPPED])
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="correction_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("user")) & (Q(decided_by__isnull=True) | ~Q(decided_by=F("user"))),
                name="correction_by_others",
                violation_error_message=_("Somebody else has to decide about time of your own."),
            ),
            models.CheckConstraint(
                condition=~Q(state=workflow.CONFIRMED) | ~Q(decided_by=F("proposed_by")),
                name="correction_confirmed_by_a_second_person",
                violation_error_message=_("Somebody else has to confirm it: not who proposed it."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["province", "proposed_at"],
                condition=Q(state=workflow.PROPOSED),
                name="correction_proposed",
            )
        ]
