"""Recovery (追回): what a payee has to give back, what was settled of it, and the sanction that may go with it."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal import clock
from subsidies.workflow.recovery import OWED, RUNNING, RecoveryState, SettlementState

R = RecoveryState
S = SettlementState
_SETTLED = F("repaid_fen") + F("offset_fen") + F("written_off_fen") + F("cancelled_fen")


def _person(*, null: bool = True) -> models.ForeignKey:
    return models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=null, related_name="+")


def _pair(by: str, at: str) -> Q:
    return Q(**{by: None, at: None}) | Q(**{f"{by}__isnull": False, f"{at}__isnull": False})


def _last_day(midnight: dt.datetime | None) -> dt.date | None:
    return clock.today(midnight - dt.timedelta(microseconds=1)) if midnight else None


class RecoveryOrder(models.Model):
    """What the payee of one entitlement has to give back. Integer fen; who received owes, whoever cheated.

    `paid_fen` is what was paid and is not asked back otherwise: an order never asks for more.
    """

    class Ground(models.TextChoices):
        CERTIFICATE = "certificate", pgettext_lazy("recovery", "Certificate no longer valid")
        OBJECTION = "objection", pgettext_lazy("recovery", "Objection upheld")
        AUDIT = "audit", pgettext_lazy("recovery", "Finding of an audit")
        ERROR = "error", pgettext_lazy("recovery", "Paid in error")

    number = models.CharField(max_length=24, unique=True)
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="recoveries")
    entitlement = models.ForeignKey(
        "subsidies.Entitlement", on_delete=models.PROTECT, related_name="recoveries"
    )
    book = models.ForeignKey("subsidies.Book", on_delete=models.PROTECT, related_name="recoveries")
    payee = _person()
    payee_organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """Who was paid: a person, or an organisation."""
    ground = models.CharField(max_length=16, choices=Ground.choices)
    reason = models.CharField(max_length=500)
    paid_fen = models.BigIntegerField()
    ordered_fen = models.BigIntegerField()
    repaid_fen = models.BigIntegerField(default=0)
    offset_fen = models.BigIntegerField(default=0)
    written_off_fen = models.BigIntegerField(default=0)
    cancelled_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, choices=R.choices, default=R.PROPOSED)

    proposed_by = _person()
    proposed_at = models.DateTimeField()
    notified_by = _person()
    notified_at = models.DateTimeField(null=True)
    reply_due_at = models.DateTimeField(null=True)
    """The midnight (Shanghai) that ends the last day on which the payee may reply."""
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True)
    ordered_by = _person()
    ordered_at = models.DateTimeField(null=True)
    document = models.CharField(max_length=80, blank=True)
    pay_due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["province", "state"], name="recovery_by_province"),
            models.Index(fields=["payee"], name="recovery_by_payee"),
            models.Index(
                fields=["payee_organisation"],
                condition=Q(payee_organisation__isnull=False),
                name="recovery_by_organisation",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(payee__isnull=False, payee_organisation=None)
                | Q(payee=None, payee_organisation__isnull=False),
                name="recovery_from_a_person_or_an_organisation",
            ),
            models.UniqueConstraint(
                fields=["entitlement"],
                condition=Q(state__in=sorted(RUNNING)),
                name="recovery_one_running_per_entitlement",
                violation_error_message=_("A recovery of this payment is already running."),
            ),
            models.CheckConstraint(condition=Q(state__in=R.values), name="recovery_state_is_known"),
            models.CheckConstraint(
                condition=Q(ordered_fen__gt=0, ordered_fen__lte=F("paid_fen")),
                name="recovery_not_above_what_was_paid",
                violation_error_message=_("No more can be recovered than was paid."),
            ),
            models.CheckConstraint(
                condition=Q(
                    repaid_fen__gte=0,
                    offset_fen__gte=0,
                    written_off_fen__gte=0,
                    cancelled_fen__gte=0,
                    ordered_fen__gte=_SETTLED,
                ),
                name="recovery_settles_no_more_than_ordered",
                violation_error_message=_("This is more than is still owed."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="recovery_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state__in=["repaid", "offset", "written_off"], ordered_fen=_SETTLED)
                | Q(state__in=sorted(OWED), ordered_fen__gt=_SETTLED)
                | Q(state__in=["proposed", "notified"], ordered_fen__gt=_SETTLED)
                | (Q(state="cancelled") & (Q(ordered_at=None) | Q(ordered_fen=_SETTLED))),
                name="recovery_state_and_sums_agree",
            ),
            models.CheckConstraint(
                condition=_pair("notified_by", "notified_at") & _pair("ordered_by", "ordered_at"),
                name="recovery_steps_have_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "cancelled"]) | Q(notified_at__isnull=False),
                name="recovery_payee_was_told",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "notified", "cancelled"], document="")
                | (Q(ordered_at__isnull=False) & ~Q(document="")),
                name="recovery_ordered_by_a_document",
            ),
            models.CheckConstraint(
                condition=Q(ordered_by=None)
                | (
                    ~Q(ordered_by=F("notified_by"))
                    & (Q(proposed_by=None) | ~Q(ordered_by=F("proposed_by")))
                    & ~Q(ordered_by=F("payee"))
                ),
                name="recovery_ordered_by_another_person",
                violation_error_message=_("Who proposed or announced a recovery cannot order it."),
            ),
            models.CheckConstraint(
                condition=Q(ordered_at=None)
                | Q(replied_at__isnull=False, ordered_at__gte=F("replied_at"))
                | Q(ordered_at__gte=F("reply_due_at")),
                name="recovery_ordered_after_the_right_of_reply",
            ),
            models.CheckConstraint(
                condition=Q(replied_at=None, reply="")
                | (
                    Q(replied_at__isnull=False, notified_at__isnull=False, replied_at__gte=F("notified_at"))
                    & ~Q(reply="")
                ),
                name="recovery_reply_has_words",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(RUNNING), ended_at=None)
                | (~Q(state__in=sorted(RUNNING)) & Q(ended_at__isnull=False)),
                name="recovery_ended_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def owed_by(self) -> str:
        """Who owes: an organisation by its name, a person masked."""
        return self.payee_organisation.name if self.payee_organisation else self.claim.holder_masked

    @property
    def settled_fen(self) -> int:
        return self.repaid_fen + self.offset_fen + self.written_off_fen + self.cancelled_fen

    @property
    def owed_fen(self) -> int:
        """What is still to be repaid."""
        return self.ordered_fen - self.settled_fen

    @property
    def reply_due_on(self) -> dt.date | None:
        """The last day for the reply."""
        return _last_day(self.reply_due_at)

    @property
    def pay_due_on(self) -> dt.date | None:
        """The last day for the repayment."""
        return _last_day(self.pay_due_at)


class RecoveryMove(models.Model):
    """One step of a recovery, as it was taken. Append-only; the last one says the state."""

    order = models.ForeignKey(RecoveryOrder, on_delete=models.PROTECT, related_name="moves")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=16)
    source = models.CharField(max_length=16, blank=True)
    target = models.CharField(max_length=16)
    by = _person()
    at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    @property
    def led_to(self) -> str:
        return str(RecoveryState(self.target).label)


class Instalment(models.Model):
    """A dated part of what is owed. A later `plan` replaces the earlier one; nothing is changed. Append-only."""

    order = models.ForeignKey(RecoveryOrder, on_delete=models.PROTECT, related_name="instalments")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    plan = models.PositiveSmallIntegerField()
    place = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    fen = models.BigIntegerField()
    by = _person(null=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["order_id", "plan", "place"]
        constraints = [
            models.UniqueConstraint(fields=["order", "plan", "place"], name="instalment_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="instalment_above_zero"),
        ]


class Settlement(models.Model):
    """What settles a part of an order, entered by one person: a repayment, an offset, or a write-off.

    Another person confirms it, and then it is posted; a write-off takes two others.
    """

    class Kind(models.TextChoices):
        REPAYMENT = "repayment", pgettext_lazy("settlement", "Repayment")
        OFFSET = "offset", pgettext_lazy("settlement", "Offset")
        WRITE_OFF = "write_off", pgettext_lazy("settlement", "Write-off")

    order = models.ForeignKey(RecoveryOrder, on_delete=models.PROTECT, related_name="settlements")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    fen = models.BigIntegerField()
    reference = models.CharField(max_length=80, blank=True)
    """The bank's reference of a repayment, the document of a write-off."""
    entitlement = models.ForeignKey(
        "subsidies.Entitlement", on_delete=models.PROTECT, null=True, related_name="offsets"
    )
    state = models.CharField(max_length=16, choices=S.choices, default=S.ENTERED)
    made_by = _person(null=False)
    made_at = models.DateTimeField()
    approved_by = _person()
    approved_at = models.DateTimeField(null=True)
    checked_by = _person()
    checked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="settlement_above_zero"),
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(kind="repayment") & ~Q(state="refused"),
                name="settlement_bank_reference_once",
                violation_error_message=_("A repayment with this reference was already entered."),
            ),
            models.UniqueConstraint(
                fields=["entitlement"],
                condition=Q(state__in=["entered", "approved_once"]),
                name="settlement_one_offset_waits",
            ),
            models.CheckConstraint(
                condition=(Q(kind="offset", entitlement__isnull=False))
                | (Q(kind__in=["repayment", "write_off"], entitlement=None) & ~Q(reference="")),
                name="settlement_names_its_source",
            ),
            models.CheckConstraint(
                condition=_pair("approved_by", "approved_at") & _pair("checked_by", "checked_at"),
                name="settlement_steps_have_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state="entered", approved_by=None, checked_by=None)
                | Q(state="approved_once", kind="write_off", approved_by__isnull=False, checked_by=None)
                | (
                    Q(state="confirmed", checked_by__isnull=False)
                    & (~Q(kind="write_off") | Q(approved_by__isnull=False))
                )
                | (Q(state="refused", checked_by__isnull=False) & ~Q(reason="")),
                name="settlement_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(approved_by=None) | ~Q(approved_by=F("made_by")))
                & (Q(checked_by=None) | ~Q(checked_by=F("made_by")))
                & (Q(checked_by=None) | Q(approved_by=None) | ~Q(checked_by=F("approved_by"))),
                name="settlement_by_different_people",
                violation_error_message=_("Another person must confirm this."),
            ),
        ]


class Sanction(models.Model):
    """What keeps a person or an organisation from claiming, apart from any debt. Days are counted with both ends; no end is for good."""

    class Kind(models.TextChoices):
        SUSPENSION = "suspension", pgettext_lazy("sanction", "Suspension")
        REMOVAL = "removal", pgettext_lazy("sanction", "Removal from the list")
        BLACKLIST = "blacklist", pgettext_lazy("sanction", "Blacklist")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    person = _person()
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    order = models.ForeignKey(RecoveryOrder, on_delete=models.PROTECT, null=True, related_name="sanctions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    document = models.CharField(max_length=80)
    reason = models.CharField(max_length=500)
    imposed_by = _person(null=False)
    imposed_at = models.DateTimeField()
    lifted_by = _person()
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person"], name="sanction_by_person"),
            models.Index(
                fields=["organisation"],
                condition=Q(organisation__isnull=False),
                name="sanction_by_organisation",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, organisation=None)
                | Q(person=None, organisation__isnull=False),
                name="sanction_of_a_person_or_an_organisation",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="sanction_ends_after_it_starts",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="suspension") | Q(ends_on__isnull=False),
                name="sanction_suspension_has_an_end",
                violation_error_message=_("A suspension names its last day."),
            ),
            models.CheckConstraint(
                condition=~Q(document="") & ~Q(reason=""), name="sanction_has_document_and_reason"
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None, lifted_at=None, lifted_because="")
                | (Q(lifted_by__isnull=False, lifted_at__isnull=False) & ~Q(lifted_because="")),
                name="sanction_lifted_by_somebody_for_a_reason",
                violation_error_message=_("State the reason."),
            ),
        ]
