"""The ledger: one book per province, fund and budget year, kept in double entry. All sums are integer fen.

Entries and postings are append-only. The balance of an account is written by a trigger on its postings and by
nothing else, in the same transaction, under the lock of the account's row; a CHECK refuses a balance below zero.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from subsidies.money_workflow import EntitlementState, Event, Kind, ProposalState


class Fund(models.Model):
    """Where money comes from, by the code that policies use: `SKILL`, `EMPLOY`, …"""

    code = models.CharField(max_length=20, primary_key=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class Book(models.Model):
    """The money of one fund in one province and budget year. Its row is the lock that orders the entries."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="books")
    year = models.PositiveSmallIntegerField()
    length = models.BigIntegerField(default=0)
    head = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["province_id", "-year", "fund_id"]
        constraints = [
            models.UniqueConstraint(fields=["province", "fund", "year"], name="book_one_per_fund_and_year"),
        ]

    def __str__(self) -> str:
        return f"{self.province_id} {self.fund_id} {self.year}"


class Account(models.Model):
    """One account of a book. `balance_fen` is its debits less its credits, kept by the database."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    balance_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "kind"], name="account_one_per_kind"),
            models.CheckConstraint(
                condition=Q(kind=Kind.APPROPRIATION, balance_fen__lte=0)
                | (~Q(kind=Kind.APPROPRIATION) & Q(balance_fen__gte=0)),
                name="account_never_below_zero",
                violation_error_message=_("The budget does not hold this sum."),
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="account_kind_is_known"),
        ]


class JournalEntry(models.Model):
    """One thing that happened to money. `cause` names it (`entitlement:12`, `line:7`): the same cause posts once.

    `digest` chains the entries of a book: it covers the entry, its postings and the digest before it.
    """

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="entries")
    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    place = models.BigIntegerField()
    event = models.CharField(max_length=20, choices=Event.choices)
    cause = models.CharField(max_length=40)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["book", "place"], name="journal_entry_one_per_place"),
            models.UniqueConstraint(fields=["event", "cause"], name="journal_entry_once_per_cause"),
            models.CheckConstraint(condition=Q(event__in=Event.values), name="journal_event_is_known"),
        ]


class Posting(models.Model):
    """One side of an entry: exactly one of the two sums is above zero."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(debit_fen__gt=0, credit_fen=0) | Q(debit_fen=0, credit_fen__gt=0),
                name="posting_debits_or_credits",
            ),
        ]


class PaperNumber(models.Model):
    """The last number of a kind of paper in a province and year; its row is the lock that keeps numbers without gaps."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("Public notice")
        BATCH = "batch", _("Payment batch")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["province", "year", "kind"], name="paper_number_one_per_kind")
        ]


class BudgetProposal(models.Model):
    """A budget document (指标文件) entered by one person and confirmed by another; then it is posted."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    fen = models.BigIntegerField()
    document = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.PROPOSED)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    checked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fen__gt=0),
                name="budget_above_zero",
                violation_error_message=_("Type an amount above zero."),
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("made_by")),
                name="budget_confirmed_by_another_person",
                violation_error_message=_("Who entered a budget cannot confirm it."),
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.PROPOSED, checked_by__isnull=True, checked_at__isnull=True)
                | Q(
                    state__in=[ProposalState.ISSUED, ProposalState.REFUSED],
                    checked_by__isnull=False,
                    checked_at__isnull=False,
                    checked_at__gte=F("made_at"),
                ),
                name="budget_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.REFUSED) | ~Q(reason=""),
                name="budget_refused_with_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.UniqueConstraint(
                fields=["province", "fund", "year", "document"],
                condition=~Q(state=ProposalState.REFUSED),
                name="budget_document_once",
                violation_error_message=_("This document was already entered for the fund and year."),
            ),
        ]


class Entitlement(models.Model):
    """The right to a sum from one fund for one approved claim; its money is set aside in `book`."""

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="entitlements")
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="entitlements")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    state = models.CharField(
        max_length=10, choices=EntitlementState.choices, default=EntitlementState.RESERVED
    )
    reserved_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["province", "state"], name="entitlement_by_province")]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "fund"],
                condition=~Q(state=EntitlementState.RELEASED),
                name="entitlement_one_live_per_fund",
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="entitlement_above_zero"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[EntitlementState.RESERVED, EntitlementState.SENT],
                    paid_at=None,
                    released_at=None,
                )
                | Q(
                    state=EntitlementState.PAID,
                    paid_at__isnull=False,
                    paid_at__gte=F("reserved_at"),
                    released_at=None,
                )
                | Q(
                    state=EntitlementState.RELEASED,
                    released_at__isnull=False,
                    released_at__gte=F("reserved_at"),
                    paid_at=None,
                ),
                name="entitlement_state_and_times_agree",
            ),
        ]


class Hold(models.Model):
    """Something that keeps a claim from being paid until a person closes it. Not a state: a claim may have several."""

    class Category(models.TextChoices):
        BANK_DETAILS = "bank_details", _("Bank details")
        OBJECTION = "objection", _("Objection")
        CHECK = "check", _("Check")
        CERTIFICATE = "certificate", _("Certificate")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="holds")
    category = models.CharField(max_length=16, choices=Category.choices)
    note = models.CharField(max_length=500)
    opened_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["claim"], condition=Q(closed_at=None), name="hold_open_by_claim")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, closed_because="")
                | (
                    Q(closed_at__isnull=False, closed_at__gte=F("opened_at"), closed_by__isnull=False)
                    & ~Q(closed_because="")
                ),
                name="hold_closed_by_somebody_with_a_reason",
                violation_error_message=_("State the reason."),
            ),
        ]
