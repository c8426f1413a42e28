"""The ledger: one book per province, fund and budget year, kept in double entry. All sums are integer fen.

Entries and postings are append-only. The balance of an account is written by a trigger on its postings and by
nothing else, in the same transaction, under the lock of the account's row; a CHECK refuses a balance below zero.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from subsidies.workflow.money import Event, Kind


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
    closed_at = models.DateTimeField(null=True)
    """When the year was closed: no new money is issued, set aside or taken back into the book after that."""

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
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    province = models.ForeignKey(
        "accounts.Province", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["account", "id"], name="posting_by_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(debit_fen__gt=0, credit_fen=0) | Q(debit_fen=0, credit_fen__gt=0),
                name="posting_debits_or_credits",
            ),
        ]
