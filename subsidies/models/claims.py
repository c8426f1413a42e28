"""A claim, its number, and the answers of one that is being prepared."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal import clock
from subsidies.workflow.claims import (
    AGAINST,
    AT_A_DESK,
    ENDED,
    GRANTED,
    Channel,
    Desk,
    Purpose,
    State,
)


class ClaimNumber(models.Model):
    """The last number given in a province and year; its row is the lock that keeps numbers without gaps or twins."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["province", "year"], name="claim_number_one_per_year")]


class ClaimDraft(models.Model):
    """Answers given so far, kept at each step until the claim is submitted."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claimant = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    certificate_serial = models.CharField(max_length=40)
    programme = models.CharField(max_length=20, default="SKILL")
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claimant", "certificate_serial", "programme"],
                name="claim_draft_one_per_certificate_and_programme",
            )
        ]


class Claims(models.QuerySet["Claim"]):
    def live(self) -> "Claims":
        return self.exclude(state__in=ENDED)

    def of_person(self, key: bytes) -> "Claims":
        return self.filter(person_key=key)

    def awaiting_check(self) -> "Claims":
        return self.filter(state=State.SUBMITTED)


class Claim(models.Model):
    """A claim for one person's certificate. `amount_fen` is what the last decision reckoned; integer fen.

    `lines` are its parts: `[{"fund", "item", "fen", "formula", …}]`; their sum is the amount. `claimant` is the person who
    learned. Where an organisation claims, `agent` handed it in with the list `claim_list`, and `payee_organisation` is paid
    if it is not the person (`subsidies.selectors.payees`).
    """

    number = models.CharField(max_length=20, unique=True)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claimant = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    person_key = models.BinaryField(max_length=32)
    programme = models.CharField(max_length=20, default="SKILL")
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.TRAINING)
    """What is paid: nobody is paid for the same thing twice, by whichever programme or channel (I4)."""
    channel = models.CharField(max_length=12, choices=Channel.choices, default=Channel.PERSON)
    agent = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    claim_list = models.ForeignKey(
        "subsidies.ClaimList", on_delete=models.PROTECT, null=True, related_name="claims"
    )
    payee_organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    contract = models.ForeignKey(
        "subsidies.ProjectContract", on_delete=models.PROTECT, null=True, related_name="claims"
    )
    """Exactly where the programme pays by project contracts; the payee is then the contract's provider."""
    holder_masked = models.CharField(max_length=80)
    number_masked = models.CharField(max_length=18)

    certificate_serial = models.CharField(max_length=40)
    certificate_kind = models.CharField(max_length=12)
    certificate_issued_on = models.DateField()
    occupation = models.CharField(max_length=20)
    occupation_name = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(null=True)
    course_code = models.CharField(max_length=40, blank=True)
    course_title = models.CharField(max_length=200)
    course_title_en = models.CharField(max_length=200, blank=True)
    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """Who gave the course; with course and title as they were when the claim was made."""

    declared = models.JSONField(default=dict)
    """What the claimant stated: path of the fact → value. Not known is not there."""
    confirmed = models.BooleanField(default=False)
    """A provincial reviewer compared what was declared with the records."""
    declaration = models.CharField(max_length=20, blank=True)
    """The version of the declaration that was agreed to (`subsidies.declarations`); empty for claims older than versions."""

    state = models.CharField(max_length=20, choices=State.choices, default=State.SUBMITTED)
    desk = models.CharField(max_length=20, choices=Desk.choices, blank=True)
    """Where an officer has to act; empty where nobody has. The queue reads by it."""
    outcome = models.CharField(max_length=16, blank=True)
    amount_fen = models.BigIntegerField(default=0)
    lines = models.JSONField(default=list)
    reason = models.TextField(blank=True)

    key = models.CharField(max_length=100, blank=True)
    submitted_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    moved_step = models.CharField(max_length=20, default="submit")
    moved_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    """The last step, who took it (None: the rules or the clock) and when. A trigger keeps every step as a ClaimMove."""
    due_at = models.DateTimeField(null=True)
    """When the next step by a person should be done; the queue is sorted by it. Of a returned claim it is the claimant's."""
    assignee = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    """Who at the present desk has taken the claim, or was given it; gone with the next step."""
    check_due_at = models.DateTimeField(null=True)
    check_problem = models.CharField(max_length=200, blank=True)
    look_due_at = models.DateTimeField(null=True)
    """When the checks for fraud look at it; empty once they have."""
    appeal_ends_at = models.DateTimeField(null=True)
    """The midnight until which a rejected claim can be appealed."""

    objects = Claims.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["desk", "province", "due_at"], condition=~Q(desk=""), name="claim_queue"),
            models.Index(fields=["assignee", "due_at"], condition=~Q(desk=""), name="claim_by_assignee"),
            models.Index(
                fields=["province", "due_at", "id"], condition=~Q(desk=""), name="claim_queue_of_a_province"
            ),
            models.Index(fields=["due_at", "id"], condition=~Q(desk=""), name="claim_queue_of_the_nation"),
            models.Index(
                fields=["province", "due_at"],
                condition=~Q(desk="") & Q(outcome="NEEDS_EVIDENCE"),
                name="claim_with_open_questions",
            ),
            models.Index(fields=["province", "-id"], name="claim_by_province_and_age"),
            models.Index(fields=["certificate_serial"], name="claim_by_certificate"),
            models.Index(fields=["holder_masked", "-id"], name="claim_by_masked_name_and_age"),
            models.Index(fields=["occupation"], name="claim_by_occupation"),
            models.Index(fields=["province", "state"], name="claim_by_province"),
            models.Index(fields=["person_key"], name="claim_by_person"),
            models.Index(
                fields=["check_due_at", "id"], condition=Q(state="submitted"), name="claim_to_check"
            ),
            models.Index(fields=["due_at"], condition=Q(state="returned"), name="claim_to_lapse"),
            models.Index(fields=["province", "due_at"], condition=Q(state="returned"), name="claim_returned"),
            models.Index(
                fields=["look_due_at", "id"], condition=Q(look_due_at__isnull=False), name="claim_to_look_at"
            ),
            models.Index(fields=["provider", "submitted_at"], name="claim_by_provider_and_age"),
            models.Index(fields=["submitted_at"], name="claim_by_age"),
            models.Index(
                fields=["payee_organisation", "programme"],
                condition=Q(payee_organisation__isnull=False),
                name="claim_by_payee",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate_serial", "purpose"],
                condition=~Q(state__in=sorted(ENDED)),
                name="claim_one_live_per_certificate",
                violation_error_message=_("This certificate already has a claim."),
            ),
            models.UniqueConstraint(
                fields=["person_key", "occupation", "level", "purpose"],
                condition=Q(certificate_kind="level") & ~Q(state__in=sorted(ENDED)),
                name="claim_one_live_per_occupation_and_level",
                violation_error_message=_("This occupation and level already has a claim."),
            ),
            models.UniqueConstraint(
                fields=["claimant", "key"], condition=~Q(key=""), name="claim_one_per_idempotency_key"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="claim_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(AT_A_DESK), desk__in=Desk.values)
                | (~Q(state__in=sorted(AT_A_DESK)) & Q(desk="", assignee=None)),
                name="claim_lies_at_the_desk_of_its_state",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="claim_amount_not_negative"),
            models.CheckConstraint(
                condition=~Q(certificate_kind="level") | Q(level__isnull=False),
                name="claim_for_a_level_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(AGAINST)) | ~Q(reason=""),
                name="claim_turned_down_with_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(check_due_at__isnull=False),
                name="claim_submitted_will_be_checked",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(due_at__gte=F("submitted_at")),
                name="claim_due_after_submitted",
            ),
            models.CheckConstraint(
                condition=Q(check_due_at__isnull=True) | Q(check_due_at__gte=F("submitted_at")),
                name="claim_checked_after_submitted",
            ),
            models.CheckConstraint(
                condition=Q(look_due_at__isnull=True) | Q(look_due_at__gte=F("submitted_at")),
                name="claim_looked_at_after_submitted",
            ),
            models.CheckConstraint(
                condition=Q(moved_at__gte=F("submitted_at")), name="claim_moved_after_submitted"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(GRANTED)) | Q(amount_fen__gt=0),
                name="claim_approved_with_an_amount",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(due_at__isnull=False), name="claim_returned_until_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | Q(appeal_ends_at__isnull=False),
                name="claim_rejected_with_a_way_to_appeal",
            ),
            models.CheckConstraint(
                condition=Q(assignee=None) | ~Q(assignee=F("claimant")),
                name="claim_not_assigned_to_its_claimant",
            ),
            models.CheckConstraint(
                condition=Q(assignee=None) | ~Q(assignee=F("agent")),
                name="claim_not_assigned_to_its_agent",
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="claim_purpose_is_known"),
            models.CheckConstraint(
                condition=Q(channel="person", agent=None, claim_list=None, payee_organisation=None)
                | Q(
                    channel="enterprise",
                    agent__isnull=False,
                    claim_list__isnull=False,
                    payee_organisation__isnull=False,
                )
                | Q(channel="provider", agent__isnull=False, claim_list__isnull=False),
                name="claim_of_an_organisation_stands_on_a_list",
            ),
            models.CheckConstraint(
                condition=Q(contract=None) | Q(channel="provider", payee_organisation__isnull=False),
                name="claim_by_a_contract_pays_its_provider",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_state_display(self) -> str:
        """Django's own would make and translate the words of all states anew for each row of a page."""
        return str(State(self.state).label)

    @property
    def due_on(self) -> dt.date | None:
        """The last day for the desk that has the claim; `due_at` is the midnight that ends it."""
        return clock.today(self.due_at - dt.timedelta(microseconds=1)) if self.due_at else None

    @property
    def appeal_day(self) -> dt.date | None:
        """The last day on which a rejection can be appealed."""
        return (
            clock.today(self.appeal_ends_at - dt.timedelta(microseconds=1)) if self.appeal_ends_at else None
        )

    @property
    def course_name(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.course_title_en if english and self.course_title_en else self.course_title
