"""Staff whom an enterprise sends to courses: the lists it uploads, and an invitation for each person and course.

Who stands on a list is sealed from the first moment. People are found again by the blind index of their resident ID.
"""

import json
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from learners.workflow import INVITATION_ENDS, InvitationState, RosterState
from portal import crypto

LIVE = [InvitationState.OPEN, InvitationState.ACCEPTED]
ROSTER_ENDS = [RosterState.APPLIED, RosterState.CANCELLED]


class Roster(models.Model):
    """A list as it was uploaded. The file itself is kept nowhere, nor its name; `sha256` tells whether it comes again.

    `counts` are rows by fate, `done` how many were applied so far. `cleared_at`: its rows are gone, the counts stay.
    """

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RosterState.choices, default=RosterState.PREVIEWED)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RosterState.values), name="roster_state_is_known"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state=RosterState.APPLYING),
                name="roster_one_applied_at_a_time",
                violation_error_message=_(
                    "Another list of your enterprise is being applied. Wait until it is through."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state=RosterState.PREVIEWED, decided_at__isnull=True, decided_by__isnull=True)
                | Q(state=RosterState.CANCELLED, decided_at__isnull=False)
                | (
                    Q(state__in=[RosterState.APPLYING, RosterState.APPLIED])
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="roster_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ROSTER_ENDS, finished_at__isnull=False)
                | (~Q(state__in=ROSTER_ENDS) & Q(finished_at__isnull=True)),
                name="roster_finished_when_over",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(state__in=ROSTER_ENDS),
                name="roster_cleared_when_over",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("rows")), name="roster_done_of_its_rows"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state=RosterState.APPLYING), name="roster_to_apply"),
        ]


class RosterRow(models.Model):
    """A row of a list. What was typed is sealed as a whole; `troubles` never repeat it."""

    class Fate(models.TextChoices):
        NEW = "new", pgettext_lazy("staff", "To invite")
        CHANGED = "changed", pgettext_lazy("staff", "Changed")
        UNCHANGED = "unchanged", pgettext_lazy("staff", "Already invited")
        REFUSED = "refused", pgettext_lazy("staff", "Wrong")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    typed_sealed = models.BinaryField()
    masked_name = models.CharField(max_length=80, blank=True)
    person_index = models.BinaryField(max_length=32, null=True)
    course_code = models.CharField(max_length=24, blank=True)
    fate = models.CharField(max_length=10, choices=Fate.choices)
    troubles = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "number"], name="roster_row_once"),
            models.CheckConstraint(
                condition=Q(fate="refused", applied_at__isnull=True)
                | (~Q(fate="refused") & Q(person_index__isnull=False)),
                name="roster_row_of_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["roster", "number"],
                condition=Q(applied_at__isnull=True) & ~Q(fate="refused"),
                name="roster_row_to_apply",
            ),
        ]

    @property
    def typed(self) -> dict[str, str]:
        """By the names of the columns."""
        return json.loads(
            crypto.unseal(self.typed_sealed, table="learners_rosterrow", column="typed", row=self.uid)
        )

    @typed.setter
    def typed(self, cells: dict[str, str]) -> None:
        text = json.dumps(cells, ensure_ascii=False)
        self.typed_sealed = crypto.seal(text, table="learners_rosterrow", column="typed", row=self.uid)


class Invitations(QuerySet["Invitation"]):
    def live(self) -> "Invitations":
        return self.filter(state__in=LIVE)

    def open(self) -> "Invitations":
        return self.filter(state=InvitationState.OPEN)

    def accepted(self) -> "Invitations":
        return self.filter(state=InvitationState.ACCEPTED)


class Invitation(models.Model):
    """An employer asks a member of its staff to take a course and to let it see how far they are.

    While it is accepted, and only then, the employer sees that; `consent_version` is the text that was agreed to.
    `tell_at` is when a message is due. `forgotten_at`: who it was is gone from the row.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    course_code = models.CharField(max_length=24)
    group = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=InvitationState.choices, default=InvitationState.OPEN)
    person_index = models.BinaryField(max_length=32, null=True)
    phone_index = models.BinaryField(max_length=32, null=True)
    name_sealed = models.BinaryField(null=True)
    phone_sealed = models.BinaryField(null=True)
    masked_name = models.CharField(max_length=80, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    enrolment = models.ForeignKey(
        "learners.Enrolment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    consent_version = models.CharField(max_length=20, blank=True)
    invited_at = models.DateTimeField()
    tell_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = Invitations.as_manager()

    class Meta:
        ordering = ["-invited_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=InvitationState.values), name="invitation_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["organisation", "person_index", "course_code"],
                condition=Q(state__in=LIVE),
                name="invitation_one_live",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, enrolment__isnull=True, consent_version="")
                | (Q(accepted_at__isnull=False, enrolment__isnull=False, user__isnull=False))
                & ~Q(consent_version=""),
                name="invitation_accepted_with_its_enrolment",
            ),
            models.CheckConstraint(
                condition=~Q(state=InvitationState.ACCEPTED) | Q(accepted_at__isnull=False),
                name="invitation_accepted_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(INVITATION_ENDS), ended_at__isnull=False)
                | (~Q(state__in=sorted(INVITATION_ENDS)) & Q(ended_at__isnull=True)),
                name="invitation_ended_when_over",
            ),
            models.CheckConstraint(
                condition=Q(tell_at__isnull=True) | Q(state=InvitationState.OPEN),
                name="invitation_told_only_while_open",
            ),
            models.CheckConstraint(
                condition=Q(
                    forgotten_at__isnull=True,
                    person_index__isnull=False,
                    phone_index__isnull=False,
                    name_sealed__isnull=False,
                    phone_sealed__isnull=False,
                )
                | (
                    Q(state__in=sorted(INVITATION_ENDS))
                    & Q(
                        forgotten_at__isnull=False,
                        person_index__isnull=True,
                        phone_index__isnull=True,
                        name_sealed__isnull=True,
                        phone_sealed__isnull=True,
                        masked_name="",
                    )
                ),
                name="invitation_forgotten_as_a_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["person_index"], condition=Q(state__in=LIVE), name="invitation_of_a_person"),
            models.Index(fields=["tell_at"], condition=Q(tell_at__isnull=False), name="invitation_to_tell"),
        ]

    @property
    def name(self) -> str:
        """As the employer wrote it; empty once forgotten."""
        if self.name_sealed is None:
            return ""
        return crypto.unseal(self.name_sealed, table="learners_invitation", column="name", row=self.uid)

    @name.setter
    def name(self, text: str) -> None:
        self.name_sealed = crypto.seal(text, table="learners_invitation", column="name", row=self.uid)

    @property
    def phone(self) -> str:
        """E.164; empty once forgotten."""
        if self.phone_sealed is None:
            return ""
        return crypto.unseal(self.phone_sealed, table="learners_invitation", column="phone", row=self.uid)

    @phone.setter
    def phone(self, number: str) -> None:
        self.phone_sealed = crypto.seal(number, table="learners_invitation", column="phone", row=self.uid)
        self.phone_index = crypto.blind_index(number, purpose="phone")
