"""Help at a county desk: for some minutes an official does some steps in the name of a learner who sits there."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners.workflow import HelpState


class HelpSessions(QuerySet["HelpSession"]):
    def asked(self) -> "HelpSessions":
        return self.filter(state=HelpState.ASKED)

    def live(self) -> "HelpSessions":
        return self.filter(state__in=[HelpState.ASKED, HelpState.OPEN])


class HelpSession(models.Model):
    """From asking to the end. Until `ends_at` the learner must have proven to be there; then until `ends_at` it is open.

    Presence is proven by a code on the learner's phone (`code_digest`, `tries`), or by a second official who has seen
    the person and the card (`confirmed_by`). `place` is the county code of the helper's desk, empty for a province's.
    """

    class Presence(models.TextChoices):
        PHONE = "phone", pgettext_lazy("presence", "Code on the learner's phone")
        OFFICIAL = "official", pgettext_lazy("presence", "Second official")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    helper = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=6, blank=True)
    presence = models.CharField(max_length=8, choices=Presence.choices)
    state = models.CharField(max_length=6, choices=HelpState.choices, default=HelpState.ASKED)
    code_digest = models.BinaryField(max_length=32, null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = HelpSessions.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=HelpState.values), name="help_state_is_known"),
            models.CheckConstraint(
                condition=~Q(helper=F("learner")),
                name="help_is_for_another",
                violation_error_message=_("Nobody helps themselves at their own desk."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (~Q(confirmed_by=F("helper")) & ~Q(confirmed_by=F("learner"))),
                name="help_confirmed_by_a_third",
                violation_error_message=_(
                    "Another official has to confirm: not the helper, not the learner."
                ),
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, confirmed_by__isnull=True)
                | Q(opened_at__isnull=False, presence="phone", confirmed_by__isnull=True)
                | Q(opened_at__isnull=False, presence="official", confirmed_by__isnull=False),
                name="help_opened_on_proof",
            ),
            models.CheckConstraint(
                condition=Q(presence="phone", code_digest__isnull=False)
                | Q(presence="official", code_digest__isnull=True),
                name="help_code_for_a_phone",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", opened_at__isnull=True, ended_at__isnull=True)
                | Q(state="open", opened_at__isnull=False, ended_at__isnull=True)
                | Q(state="ended", ended_at__isnull=False),
                name="help_state_with_its_moments",
            ),
            models.UniqueConstraint(
                fields=["helper"], condition=Q(state__in=["asked", "open"]), name="help_one_per_helper"
            ),
            models.UniqueConstraint(
                fields=["learner"], condition=Q(state__in=["asked", "open"]), name="help_one_per_learner"
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at"], condition=Q(state__in=["asked", "open"]), name="help_to_end"),
            models.Index(fields=["learner", "-ended_at"], name="help_of_a_learner"),
        ]
