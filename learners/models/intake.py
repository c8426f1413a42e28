"""Who may enrol in a course, when, and how many at a time; and who waits for a seat."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from learners.workflow import WAITING_ENDS, WaitingState

MOST_ACCEPT_DAYS = 14


class Intake(models.Model):
    """The terms of enrolment of a course, as its provider sets them. They change without a new version of the course.

    `seats` is how many may learn at the same time; empty for any number. All days are whole days in Shanghai.
    `only_province` lets in only learners who are registered there.
    """

    course_code = models.CharField(max_length=24, primary_key=True)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True, validators=[MinValueValidator(1)])
    accept_days = models.PositiveSmallIntegerField(
        _("days to accept a seat"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_ACCEPT_DAYS)],
    )
    opens_on = models.DateField(_("enrolment from"), null=True, blank=True)
    closes_on = models.DateField(_("enrolment until"), null=True, blank=True)
    learn_until = models.DateField(_("learning until"), null=True, blank=True)
    only_province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats__gte=1),
                name="intake_has_a_seat",
                violation_error_message=_("At least one seat, or none stated for any number."),
            ),
            models.CheckConstraint(
                condition=Q(accept_days__gte=1, accept_days__lte=MOST_ACCEPT_DAYS),
                name="intake_time_to_accept",
            ),
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True)
                | Q(closes_on__isnull=True)
                | Q(closes_on__gte=F("opens_on")),
                name="intake_closes_after_it_opens",
                violation_error_message=_("Enrolment would close before it opens."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(learn_until__isnull=True)
                    | (
                        (Q(closes_on__isnull=True) | Q(learn_until__gte=F("closes_on")))
                        & (Q(opens_on__isnull=True) | Q(learn_until__gte=F("opens_on")))
                    )
                ),
                name="intake_learning_ends_last",
                violation_error_message=_("Learning would end before enrolment does."),
            ),
        ]


class Prerequisite(models.Model):
    """A course that must be completed before one can enrol in the intake's."""

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="prerequisites")
    course_code = models.CharField(max_length=24)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["intake", "course_code"], name="prerequisite_once"),
            models.CheckConstraint(
                condition=~Q(intake=F("course_code")), name="prerequisite_is_another_course"
            ),
        ]


class WaitingPlaces(QuerySet["WaitingPlace"]):
    def live(self) -> "WaitingPlaces":
        return self.exclude(state__in=WAITING_ENDS)

    def waiting(self) -> "WaitingPlaces":
        return self.filter(state=WaitingState.WAITING)

    def offered(self) -> "WaitingPlaces":
        return self.filter(state=WaitingState.OFFERED)


class WaitingPlace(models.Model):
    """Somebody's place in the line for a seat. First come, first served: by `joined_at`, then by key.

    A seat is kept from `offered_at` until `offer_ends_at`.
    """

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    course_code = models.CharField(max_length=24)
    state = models.CharField(max_length=8, choices=WaitingState.choices, default=WaitingState.WAITING)
    joined_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WaitingPlaces.as_manager()

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WaitingState.values), name="waiting_state_is_known"),
            models.UniqueConstraint(
                fields=["user", "course_code"],
                condition=Q(state__in=[WaitingState.WAITING, WaitingState.OFFERED]),
                name="waiting_one_place_per_course",
            ),
            models.CheckConstraint(
                condition=Q(offered_at__isnull=True, offer_ends_at__isnull=True)
                | Q(offered_at__isnull=False, offer_ends_at__isnull=False, offer_ends_at__gt=F("offered_at")),
                name="waiting_offer_has_an_end",
            ),
            models.CheckConstraint(
                condition=(Q(state=WaitingState.WAITING) & Q(offered_at__isnull=True))
                | Q(state=WaitingState.LEFT)
                | (
                    Q(state__in=[WaitingState.OFFERED, WaitingState.ACCEPTED, WaitingState.LAPSED])
                    & Q(offered_at__isnull=False)
                ),
                name="waiting_state_has_its_offer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(WAITING_ENDS), ended_at__isnull=False)
                | (~Q(state__in=sorted(WAITING_ENDS)) & Q(ended_at__isnull=True)),
                name="waiting_ended_when_over",
            ),
        ]
        indexes = [
            models.Index(
                fields=["course_code", "joined_at", "id"],
                condition=Q(state__in=[WaitingState.WAITING, WaitingState.OFFERED]),
                name="waiting_line",
            ),
        ]
