"""Project contracts (项目制培训): a province buys training for some people from a provider, at a price for each of them."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from subsidies.workflow.contracts import ContractState

ALL = 100
"""Percent."""


class ProjectContract(models.Model):
    """What was agreed: for at most `people`, each with `hours` class hours (学时 of 45 minutes), of which `online_least` to
    `online_most` percent online, `price_fen` each and never more than `sum_fen` in all. Integer fen.

    It is for some courses (their codes), or for an occupation and, where it names one, its level. `granted_fen` and
    `granted_people` are of the claims whose last yes is said; a trigger of the claims keeps them, and their limits are what
    keeps two decisions at the same moment from granting more than was agreed.
    """

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    valid = DateRangeField()
    """The days of the training; the stored upper bound is the day after the last."""
    occupation = models.CharField(max_length=20, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    courses = ArrayField(models.CharField(max_length=40), default=list)
    people = models.PositiveIntegerField()
    hours = models.PositiveIntegerField()
    online_least = models.PositiveSmallIntegerField(default=0)
    online_most = models.PositiveSmallIntegerField(default=ALL)
    price_fen = models.BigIntegerField()
    sum_fen = models.BigIntegerField()
    granted_fen = models.BigIntegerField(default=0)
    granted_people = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=ContractState.choices, default=ContractState.DRAFT)
    drafted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    enforced_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    enforced_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=500, blank=True)
    """Who ended it before its time, or dropped the draft, and why."""

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="contract_by_organisation"),
            models.Index(fields=["province", "-id"], name="contract_by_province"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "number"],
                condition=~Q(state="dropped"),
                name="contract_number_once",
                violation_error_message=_("Another contract of the province has this number."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ContractState.values), name="contract_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(title=""), name="contract_has_number_and_title"
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__lower_inf=False, valid__upper_inf=False),
                name="contract_has_first_and_last_day",
            ),
            models.CheckConstraint(
                condition=Q(occupation="", level=None, courses__len__gt=0)
                | ~Q(occupation="") & Q(courses__len=0),
                name="contract_for_courses_or_an_occupation",
                violation_error_message=_("Name courses or an occupation, not both."),
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=5), name="contract_level_is_known"
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1, hours__gte=1, price_fen__gte=1),
                name="contract_is_for_something",
            ),
            models.CheckConstraint(
                condition=Q(online_least__lte=F("online_most"), online_most__lte=ALL),
                name="contract_online_shares_in_order",
                violation_error_message=_("The least online share is above the most."),
            ),
            models.CheckConstraint(
                condition=Q(sum_fen__gte=F("price_fen"), sum_fen__lte=F("price_fen") * F("people")),
                name="contract_sum_fits_its_price",
                violation_error_message=_(
                    "The sum is at least the price of one person, and at most that of all of them."
                ),
            ),
            models.CheckConstraint(
                condition=Q(granted_fen__gte=0, granted_fen__lte=F("sum_fen")),
                name="contract_sum_never_exceeded",
                violation_error_message=_("The sum of the contract is used up."),
            ),
            models.CheckConstraint(
                condition=Q(granted_people__gte=0, granted_people__lte=F("people")),
                name="contract_people_never_exceeded",
                violation_error_message=_("All places of the contract are taken."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "dropped"], enforced_by=None, enforced_at=None)
                | Q(
                    state__in=["in_force", "ended"],
                    enforced_by__isnull=False,
                    enforced_at__gte=F("drafted_at"),
                ),
                name="contract_enforced_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(enforced_by=None) | ~Q(enforced_by=F("drafted_by")),
                name="contract_drafter_does_not_enforce",
                violation_error_message=_("Who drafted a contract cannot put it in force."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_force"], ended_by=None, ended_at=None, ended_because="")
                | Q(state__in=["ended", "dropped"], ended_by__isnull=False, ended_at__gte=F("drafted_at"))
                & ~Q(ended_because=""),
                name="contract_ended_by_somebody_for_a_reason",
                violation_error_message=_("State the reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def left_fen(self) -> int:
        return self.sum_fen - self.granted_fen

    @property
    def left_people(self) -> int:
        return self.people - self.granted_people

    @property
    def first_day(self) -> dt.date:
        return self.valid.lower

    @property
    def last_day(self) -> dt.date:
        return self.valid.upper - dt.timedelta(days=1)
