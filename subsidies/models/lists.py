"""Lists by which an organisation claims for many people at once: the list, its rows, and who lets a provider claim."""

import json
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import crypto
from subsidies.workflow.claims import Channel
from subsidies.workflow.lists import LIST_ENDS, ListState

WORKED_ON = [ListState.CHECKING, ListState.SUBMITTING]
"""A worker has something to do with these."""


class ClaimList(models.Model):
    """A list as it was uploaded, and what became of it. The file itself is kept nowhere, nor its name.

    `counts` are rows by fate, `done` how many the present work has dealt with, from `due_at` on. `sha256` tells whether
    the same file comes again. `cleared_at`: what was typed in rows that became no claim is gone; the counts stay.
    """

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("subsidies.Programme", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12, choices=Channel.choices)
    contract = models.ForeignKey(
        "subsidies.ProjectContract", on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(max_length=12, choices=ListState.choices, default=ListState.CHECKING)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    submitted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    declaration = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=100, blank=True)
    finished_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="claim_list_by_organisation"),
            models.Index(fields=["due_at"], condition=Q(state__in=WORKED_ON), name="claim_list_to_work_on"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "programme", "contract", "sha256"],
                condition=~Q(state="cancelled"),
                nulls_distinct=False,
                name="claim_list_same_file_once",
                violation_error_message=_("This file was uploaded before."),
            ),
            models.UniqueConstraint(
                fields=["organisation", "key"], condition=~Q(key=""), name="claim_list_one_per_key"
            ),
            models.CheckConstraint(condition=Q(state__in=ListState.values), name="claim_list_state_is_known"),
            models.CheckConstraint(
                condition=Q(channel__in=["enterprise", "provider"]), name="claim_list_of_an_organisation"
            ),
            models.CheckConstraint(
                condition=Q(contract=None) | Q(channel="provider"),
                name="claim_list_of_a_contract_by_its_provider",
            ),
            models.CheckConstraint(
                condition=Q(state__in=WORKED_ON, due_at__isnull=False)
                | (~Q(state__in=WORKED_ON) & Q(due_at=None)),
                name="claim_list_due_while_worked_on",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["submitting", "submitted"])
                    & Q(submitted_by__isnull=False, submitted_at__gte=F("uploaded_at"))
                    & ~Q(declaration="")
                )
                | (
                    ~Q(state__in=["submitting", "submitted"])
                    & Q(submitted_by=None, submitted_at=None, declaration="")
                ),
                name="claim_list_submitted_by_somebody_who_declares",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(LIST_ENDS), finished_at__isnull=False)
                | (~Q(state__in=sorted(LIST_ENDS)) & Q(finished_at=None)),
                name="claim_list_finished_when_over",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None) | Q(state__in=sorted(LIST_ENDS)),
                name="claim_list_cleared_when_over",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("rows")), name="claim_list_done_of_its_rows"),
        ]

    @property
    def is_worked_on(self) -> bool:
        return self.state in WORKED_ON

    @property
    def ready(self) -> int:
        """Rows that become a claim when the list is submitted."""
        return int(self.counts.get("ready", 0)) + int(self.counts.get("evidence", 0))


class ClaimListRow(models.Model):
    """A row of a list. What was typed is sealed as a whole; `troubles` never repeat it.

    `insured` is what the register of the social insurance said of person and organisation, as of a day; empty where it
    was not asked. Who the row is about stands in it only once the organisation has shown that it may know.
    """

    class Fate(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("list of claims", "To check")
        READY = "ready", pgettext_lazy("list of claims", "Ready")
        EVIDENCE = "evidence", pgettext_lazy("list of claims", "Ready, evidence needed")
        REFUSED = "refused", pgettext_lazy("list of claims", "Refused")
        CLAIMED = "claimed", pgettext_lazy("list of claims", "Claimed")

    class Insured(models.TextChoices):
        YES = "yes", pgettext_lazy("insurance", "Insured by the organisation")
        NO = "no", pgettext_lazy("insurance", "Not insured by the organisation")
        UNKNOWN = "unknown", pgettext_lazy("insurance", "The register could not say")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim_list = models.ForeignKey(ClaimList, on_delete=models.PROTECT, related_name="lines")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    typed_sealed = models.BinaryField(null=True)
    masked_name = models.CharField(max_length=80, blank=True)
    masked_number = models.CharField(max_length=18, blank=True)
    person_key = models.BinaryField(max_length=32, null=True)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    certificate_serial = models.CharField(max_length=40, blank=True)
    occupation = models.CharField(max_length=20, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    fate = models.CharField(max_length=10, choices=Fate.choices, default=Fate.WAITING)
    troubles = models.JSONField(default=list)
    insured = models.CharField(max_length=8, choices=Insured.choices, blank=True)
    insured_as_of = models.DateField(null=True)
    claim = models.OneToOneField(
        "subsidies.Claim", on_delete=models.PROTECT, null=True, related_name="list_row"
    )

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["claim_list", "fate", "number"], name="claim_list_row_by_fate"),
            models.Index(fields=["claim_list", "certificate_serial"], name="claim_list_row_by_serial"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["claim_list", "number"], name="claim_list_row_once"),
            models.CheckConstraint(
                condition=Q(fate="claimed", claim__isnull=False, user__isnull=False, typed_sealed=None)
                | (~Q(fate="claimed") & Q(claim=None)),
                name="claim_list_row_claimed_with_its_claim",
            ),
            models.CheckConstraint(
                condition=~Q(fate__in=["ready", "evidence"])
                | Q(user__isnull=False, person_key__isnull=False) & ~Q(certificate_serial=""),
                name="claim_list_row_ready_names_a_person",
            ),
            models.CheckConstraint(
                condition=Q(insured="", insured_as_of=None) | ~Q(insured=""),
                name="claim_list_row_insured_as_of_a_day",
            ),
        ]

    @property
    def typed(self) -> dict[str, str]:
        """By the names of the columns; empty once it is cleared."""
        if self.typed_sealed is None:
            return {}
        return json.loads(
            crypto.unseal(self.typed_sealed, table="subsidies_claimlistrow", column="typed", row=self.uid)
        )

    @typed.setter
    def typed(self, cells: dict[str, str]) -> None:
        text = json.dumps(cells, ensure_ascii=False)
        self.typed_sealed = crypto.seal(text, table="subsidies_claimlistrow", column="typed", row=self.uid)


class Mandate(models.Model):
    """委托: a person lets the provider of the course claim for a certificate. `version` is the text that was agreed to."""

    person = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    certificate_serial = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "certificate_serial"],
                condition=Q(ended_at=None),
                name="mandate_one_live",
                violation_error_message=_("You have given this mandate already."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("given_at")), name="mandate_ended_after_given"
            ),
        ]
