"""How a province pays through one bank: its format as data, and the rules of its payments. Made by one person, put live by another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from subsidies.workflow.money import ProfileState

COOLING_DAYS = 3
"""An account is left alone for so many days after a change, where the profile says nothing else."""
MOST_COOLING_DAYS = 60
S = ProfileState


class BankProfiles(models.QuerySet["BankProfile"]):
    def usable(self, on: object) -> "BankProfiles":
        """Live, and valid on that day."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on), state=S.LIVE, valid_from__lte=on)


class BankProfile(models.Model):
    """One version of a bank's profile; what is live is never changed, a change is the next version.

    The built-in one of a province (`made_by` None) writes the portal's own CSV.
    """

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    bank_code = models.CharField(max_length=35, blank=True)
    template = models.JSONField()
    needs_name_check = models.BooleanField(default=True)
    releaser_may_be_checker = models.BooleanField(default=False)
    cooling_days = models.PositiveSmallIntegerField(default=COOLING_DAYS)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=S.choices, default=S.DRAFT)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    live_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    live_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = BankProfiles.as_manager()

    class Meta:
        ordering = ["province_id", "code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["province", "code", "version"], name="bank_profile_version_once"),
            models.UniqueConstraint(
                fields=["province", "code"], condition=Q(state=S.LIVE), name="bank_profile_one_live"
            ),
            models.UniqueConstraint(
                fields=["province", "code"],
                condition=Q(state=S.DRAFT),
                name="bank_profile_one_draft",
                violation_error_message=_("There is a draft of this profile already."),
            ),
            models.CheckConstraint(condition=Q(state__in=S.values), name="bank_profile_state_is_known"),
            models.CheckConstraint(
                condition=Q(live_by=None) | ~Q(live_by=F("made_by")),
                name="bank_profile_put_live_by_another",
                violation_error_message=_("Who wrote a profile cannot put it live."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="bank_profile_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(cooling_days__lte=MOST_COOLING_DAYS), name="bank_profile_cooling_is_short"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.DRAFT, S.DISCARDED], live_at=None, live_by=None)
                | Q(state__in=[S.LIVE, S.ENDED], live_at__isnull=False, live_by__isnull=False)
                | Q(state__in=[S.LIVE, S.ENDED], live_at__isnull=False, made_by=None),
                name="bank_profile_live_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.DRAFT, S.LIVE], ended_at=None)
                | Q(state__in=[S.ENDED, S.DISCARDED], ended_at__isnull=False, ended_at__gte=F("made_at")),
                name="bank_profile_ended_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name
