"""Certificates that others issued: what their holders say of them, what the register answered, what two people decided."""

import uuid

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from certificates import workflow
from certificates.paper import LEVELS


class Said(models.TextChoices):
    """What came of asking the register. All but `confirms` leave a reported certificate unproved."""

    CONFIRMS = "confirms", _("It confirms the certificate")
    SILENT = "silent", _("It did not answer")
    STALE = "stale", _("Its data are too old")
    NOT_YET = "not_yet", _("It does not know the number yet")
    NOT_FOUND = "not_found", _("It does not know the number")
    OTHER_PERSON = "other_person", _("It has another name or ID number")
    REVOKED = "revoked", _("Its issuer has revoked it")
    OTHER_FACTS = "other_facts", _("It has another kind, level or day")
    NAMED_OTHERWISE = "named_otherwise", _("It names the occupation otherwise")


class Why(models.TextChoices):
    """Why one was refused, or withdrawn there."""

    NOT_FOUND = "not_found", _("The register does not know this number.")
    OTHER_PERSON = (
        "other_person",
        _("In the register this number belongs to another name or ID number."),
    )
    REVOKED = "revoked", _("Its issuer has revoked it.")
    OTHER_FACTS = (
        "other_facts",
        _("The register has another kind, level or day of issue. Register it again as the paper says it."),
    )
    GONE = "gone", _("The register no longer knows this number.")
    DECIDED = "decided", _("Two people of the province's office decided so.")


REFUSALS = [Why.NOT_FOUND, Why.OTHER_PERSON, Why.REVOKED, Why.OTHER_FACTS, Why.DECIDED]
WITHDRAWALS = [Why.GONE, Why.REVOKED, Why.DECIDED]


class ExternalCertificates(QuerySet["ExternalCertificate"]):
    def due(self, at: object) -> "ExternalCertificates":
        """About which the register is to be asked now."""
        return self.filter(due_at__lte=at, state__in=workflow.HELD)

    def held(self) -> "ExternalCertificates":
        return self.filter(state__in=workflow.HELD)

    def reported(self) -> "ExternalCertificates":
        return self.filter(state=workflow.REPORTED)

    def on_a_course(self) -> "ExternalCertificates":
        """On which a claim may rest, or may have rested."""
        return self.filter(state__in=[workflow.CHECKED, workflow.WITHDRAWN_THERE], completion__isnull=False)


class ExternalCertificate(models.Model):
    """A certificate of somebody else's making, as its holder registers it. `serial` is ours, `number` stands on the paper.

    What was reported never changes; a mistake is taken back and registered anew. `said` is what the last question to the
    register came to, `due_at` when the next one is asked (empty: nothing more is to be asked, or a person has to look).
    `asked_at` names the question that is open or was last; an answer to an earlier one is set aside. `due_by` had it asked.
    `doubted_at`: since when the register contradicts what it had confirmed. `completion` is the course on which a claim
    would rest; without one there can be none.
    """

    class Kind(models.TextChoices):
        LEVEL = "level", _("Skill level certificate")
        SPECIAL = "special", _("Certificate of a special vocational ability")

    class State(models.TextChoices):
        REPORTED = workflow.REPORTED, pgettext_lazy("external", "Being checked")
        CHECKED = workflow.CHECKED, pgettext_lazy("external", "Checked, valid")
        REFUSED = workflow.REFUSED, pgettext_lazy("external", "Not confirmed")
        WITHDRAWN_THERE = workflow.WITHDRAWN_THERE, pgettext_lazy("external", "No longer valid")
        TAKEN_BACK = workflow.TAKEN_BACK, pgettext_lazy("external", "Taken back")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    serial = models.CharField(max_length=24, unique=True)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=State.choices, default=State.REPORTED)

    number = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    occupation_code = models.CharField(max_length=20)
    occupation_name = models.CharField(max_length=100)
    occupation_edition = models.CharField(max_length=4)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    issuer_name = models.CharField(max_length=100)
    issuer_code = models.CharField(max_length=40, blank=True)
    issued_on = models.DateField()
    holder_masked = models.CharField(max_length=80)
    consent_version = models.CharField(max_length=20)
    reported_at = models.DateTimeField()

    document_key = models.CharField(max_length=200, blank=True)
    document_name = models.CharField(max_length=160, blank=True)
    document_bytes = models.PositiveIntegerField(default=0)
    document_sha256 = models.CharField(max_length=64, blank=True)

    said = models.CharField(max_length=16, choices=Said.choices, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    due_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    doubted_at = models.DateTimeField(null=True, blank=True)

    checked_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=16, choices=Why.choices, blank=True)

    completion = models.ForeignKey(
        "learners.Completion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    linked_at = models.DateTimeField(null=True, blank=True)

    objects = ExternalCertificates.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="external_due"),
            models.Index(fields=["province", "state", "-id"], name="external_of_province"),
            models.Index(fields=["user", "-id"], name="external_of_user"),
            models.Index(fields=["number"], name="external_number"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(state__in=workflow.HELD),
                name="external_number_once",
                violation_error_message=_("This number is registered already."),
            ),
            models.CheckConstraint(
                condition=Q(serial__regex=r"^EX-[0-9]{2}-[0-9]{4}-[0-9A-HJKMNP-TV-Z]{10}$"),
                name="external_serial_form",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        *workflow.HELD,
                        workflow.REFUSED,
                        workflow.WITHDRAWN_THERE,
                        workflow.TAKEN_BACK,
                    ]
                ),
                name="external_state_known",
            ),
            models.CheckConstraint(condition=~Q(number=""), name="external_has_its_number"),
            models.CheckConstraint(
                condition=~Q(occupation_code="") & ~Q(occupation_name="") & ~Q(issuer_name=""),
                name="external_names_occupation_and_issuer",
            ),
            models.CheckConstraint(
                condition=Q(kind="level", level__isnull=False, level__gte=1, level__lte=5)
                | Q(kind="special", level__isnull=True),
                name="external_level_fits_kind",
                violation_error_message=_(
                    "A skill level certificate has a level from 5 to 1; one of a special ability has none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(said="") | Q(said__in=Said.values), name="external_answer_known"
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(state__in=workflow.HELD), name="external_due_while_held"
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.REPORTED, checked_at__isnull=True)
                | Q(state__in=[workflow.CHECKED, workflow.WITHDRAWN_THERE], checked_at__isnull=False)
                | Q(state__in=[workflow.REFUSED, workflow.TAKEN_BACK], checked_at__isnull=True),
                name="external_checked_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.REFUSED, refused_at__isnull=False, why__in=REFUSALS)
                | Q(state=workflow.WITHDRAWN_THERE, withdrawn_at__isnull=False, why__in=WITHDRAWALS)
                | ~Q(state__in=[workflow.REFUSED, workflow.WITHDRAWN_THERE]) & Q(why=""),
                name="external_ended_for_a_reason",
                violation_error_message=_(
                    "One that is refused or withdrawn says when and why; another does not."
                ),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(state=workflow.WITHDRAWN_THERE),
                name="external_withdrawn_at_with_its_state",
            ),
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True) | ~Q(state__in=[workflow.REPORTED, workflow.TAKEN_BACK]),
                name="external_refused_at_with_its_state",
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.TAKEN_BACK, taken_back_at__isnull=False)
                | ~Q(state=workflow.TAKEN_BACK) & Q(taken_back_at__isnull=True),
                name="external_taken_back_at_with_its_state",
            ),
            models.CheckConstraint(
                condition=(Q(checked_at__isnull=True) | Q(checked_at__gte=F("reported_at")))
                & (Q(refused_at__isnull=True) | Q(refused_at__gte=F("reported_at")))
                & (Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("checked_at"))),
                name="external_in_the_order_of_time",
            ),
            models.CheckConstraint(
                condition=Q(doubted_at__isnull=True)
                | Q(state__in=[workflow.CHECKED, workflow.WITHDRAWN_THERE]),
                name="external_doubted_once_checked",
            ),
            models.CheckConstraint(
                condition=Q(completion__isnull=True, linked_at__isnull=True)
                | Q(completion__isnull=False, linked_at__isnull=False),
                name="external_linked_at_with_its_course",
            ),
            models.CheckConstraint(
                condition=Q(document_key="", document_name="", document_bytes=0, document_sha256="")
                | (
                    ~Q(document_key="")
                    & ~Q(document_name="")
                    & Q(document_bytes__gt=0, document_sha256__regex="^[0-9a-f]{64}$")
                ),
                name="external_document_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def subject(self) -> str:
        """As on papers of ours: the occupation with its level, in Chinese."""
        return f"{self.occupation_name}（{LEVELS[self.level]}）" if self.level else self.occupation_name


class RegisterAnswer(models.Model):
    """One question to the register and what came of it: evidence, append-only.

    `question_sha256` is keyed and covers number, name and ID number: it proves what was asked and tells it to nobody.
    `facts` is what came back without name and ID number, `answer_sha256` covers all of it as it came; both are empty when
    nothing came (`trouble` says what did). `as_of` is the day of the register's data. `used`: it counted; one that came
    too late, or to a question that had been asked again, did not. `asked_by` had it asked; empty: the portal by itself.
    """

    external = models.ForeignKey(ExternalCertificate, on_delete=models.PROTECT, related_name="answers")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    register = models.CharField(max_length=120)
    question_sha256 = models.BinaryField(max_length=32)
    came_at = models.DateTimeField()
    said = models.CharField(max_length=16, choices=Said.choices)
    trouble = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    as_of = models.DateField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    answer_sha256 = models.BinaryField(max_length=32, null=True)
    used = models.BooleanField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(said__in=Said.values), name="register_answer_known"),
            models.CheckConstraint(
                condition=Q(
                    said="silent", answered_at__isnull=True, as_of__isnull=True, answer_sha256__isnull=True
                )
                & ~Q(trouble="")
                | ~Q(said="silent")
                & Q(answered_at__isnull=False, as_of__isnull=False, answer_sha256__isnull=False, trouble=""),
                name="register_answer_or_trouble",
            ),
            models.CheckConstraint(
                condition=Q(came_at__gte=F("asked_at")), name="register_answer_after_question"
            ),
        ]

    @property
    def digest(self) -> str:
        """Of the answer, in hex; empty where none came."""
        return bytes(self.answer_sha256).hex() if self.answer_sha256 else ""


class Rulings(QuerySet["Ruling"]):
    def open(self) -> "Rulings":
        return self.filter(state=workflow.OPEN)


class Ruling(models.Model):
    """What one person of the office proposes about it and a second one decides. `reason` says what was compared with what."""

    class Kind(models.TextChoices):
        VOUCH = "vouch", pgettext_lazy("ruling", "Accept it by its paper")
        REFUSE = "refuse", pgettext_lazy("ruling", "Refuse it")
        WITHDRAW = "withdraw", pgettext_lazy("ruling", "Declare it no longer valid")

    class State(models.TextChoices):
        OPEN = workflow.OPEN, pgettext_lazy("proposal", "Waits for a second person")
        APPROVED = workflow.APPROVED, pgettext_lazy("proposal", "Approved")
        REFUSED = workflow.REFUSED, pgettext_lazy("proposal", "Refused")
        WITHDRAWN = workflow.WITHDRAWN, pgettext_lazy("proposal", "Withdrawn")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external = models.ForeignKey(ExternalCertificate, on_delete=models.PROTECT, related_name="rulings")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reason = models.CharField(max_length=500)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision_reason = models.CharField(max_length=500, blank=True)

    objects = Rulings.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["vouch", "refuse", "withdraw"]), name="ruling_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[workflow.OPEN, workflow.APPROVED, workflow.REFUSED, workflow.WITHDRAWN]
                ),
                name="ruling_state_known",
            ),
            models.UniqueConstraint(
                fields=["external"],
                condition=Q(state=workflow.OPEN),
                name="ruling_one_open_per_certificate",
                violation_error_message=_("There is a proposal for this certificate already."),
            ),
            models.CheckConstraint(
                condition=Q(state=workflow.OPEN, decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state=workflow.OPEN) & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="ruling_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[workflow.APPROVED, workflow.REFUSED])
                | ~Q(decided_by=F("proposed_by")),
                name="ruling_decided_by_a_second_person",
                violation_error_message=_("Who proposed it cannot decide it."),
            ),
            models.CheckConstraint(
                condition=~Q(state=workflow.WITHDRAWN) | Q(decided_by=F("proposed_by")),
                name="ruling_withdrawn_by_who_proposed_it",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & (~Q(state=workflow.REFUSED) | ~Q(decision_reason="")),
                name="ruling_with_its_reasons",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_at__gte=F("proposed_at")),
                name="ruling_decided_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)
