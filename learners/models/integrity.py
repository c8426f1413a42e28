"""What a person should look at after an exam was graded. A row changes no result, no hours and no payment."""

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import pgettext_lazy

from learners.models.assessment import Attempt
from learners.workflow import CLEARED, OPEN, REFERRED


class IntegritySignals(QuerySet["IntegritySignal"]):
    def open(self) -> "IntegritySignals":
        return self.filter(state=OPEN)


class IntegritySignal(models.Model):
    """One kind of thing seen in one graded attempt, with the `facts` it stands on (see learners.integrity).

    `other` is the attempt it was compared with, of the same province. A person closes it with a note.
    """

    class State(models.TextChoices):
        OPEN = OPEN, pgettext_lazy("signal", "To be looked into")
        CLEARED = CLEARED, pgettext_lazy("signal", "Looked into: nothing")
        REFERRED = REFERRED, pgettext_lazy("signal", "Referred")

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="signals")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("courses.CourseVersion", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    facts = models.JSONField(default=dict)
    other = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    found_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)

    objects = IntegritySignals.as_manager()

    class Meta:
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "kind"], name="integrity_signal_once"),
            models.CheckConstraint(condition=~Q(kind=""), name="integrity_signal_has_kind"),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | ~Q(other=F("attempt")), name="integrity_signal_of_another"
            ),
            models.CheckConstraint(
                condition=Q(state=OPEN, closed_at__isnull=True, closed_by__isnull=True, note="")
                | Q(state__in=[CLEARED, REFERRED], closed_at__isnull=False, closed_by__isnull=False)
                & ~Q(note=""),
                name="integrity_signal_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=F("user")),
                name="integrity_signal_closed_by_another",
            ),
        ]
        indexes = [models.Index(fields=["found_at"], condition=Q(state=OPEN), name="integrity_signal_open")]
