"""The figures behind the reports: what ledger and claims said at one moment, added up by all that a report groups by.

Written by one statement each night and never changed; the newest run is read, older ones are deleted. All sums are integer fen.
"""

from django.db import models
from django.db.models import Q


class FiguresRun(models.Model):
    """One a night; `taken_at` is the moment its figures are of."""

    day = models.DateField(unique=True)
    taken_at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]


class MoneyFigure(models.Model):
    """What the postings of a month changed in the accounts of a book, for the claims alike in all that stands here.

    Summed over months and claims they are the balances of the book's accounts: issued, available, … `recovered_fen` is the part
    of what was to be repaid that came back in money or by offset. `month` is its first day, `year` the book's budget year.
    Of entries that belong to no claim (a budget) programme and occupation are empty, level and provider null.
    """

    run = models.ForeignKey(FiguresRun, on_delete=models.CASCADE, related_name="money")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey("subsidies.Fund", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    month = models.DateField()
    programme = models.CharField(max_length=20, blank=True)
    occupation = models.CharField(max_length=20, blank=True)
    occupation_name = models.CharField(max_length=80, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    issued_fen = models.BigIntegerField()
    available_fen = models.BigIntegerField()
    reserved_fen = models.BigIntegerField()
    in_transit_fen = models.BigIntegerField()
    paid_fen = models.BigIntegerField()
    receivable_fen = models.BigIntegerField()
    remitted_fen = models.BigIntegerField()
    written_off_fen = models.BigIntegerField()
    recovered_fen = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["run", "year", "province"], name="money_figure_by_year")]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "run",
                    "province",
                    "fund",
                    "year",
                    "month",
                    "programme",
                    "occupation",
                    "level",
                    "provider",
                ],
                nulls_distinct=False,
                name="money_figure_once",
            )
        ]


class ClaimFigure(models.Model):
    """How many claims handed in in a month are in a state, and what they come to by their newest decision."""

    run = models.ForeignKey(FiguresRun, on_delete=models.CASCADE, related_name="claims")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    programme = models.CharField(max_length=20)
    occupation = models.CharField(max_length=20)
    occupation_name = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(null=True)
    provider = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(max_length=20)
    claims = models.PositiveIntegerField()
    amount_fen = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["run", "month", "province"], name="claim_figure_by_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "province", "month", "programme", "occupation", "level", "provider", "state"],
                nulls_distinct=False,
                name="claim_figure_once",
            ),
            models.CheckConstraint(condition=Q(claims__gt=0), name="claim_figure_counts_something"),
        ]


class TallyFigure(models.Model):
    """Counts that no claim carries once: reasons of rejections, ends of appeals and objections, key groups. By year of the claim.

    A claim stands at each of its reasons and groups. `title_zh` and `title_en` are the words of a reason as decisions have them.
    """

    class Kind(models.TextChoices):
        REASON = "reason"
        APPEAL = "appeal"
        OBJECTION = "objection"
        GROUP = "group"

    run = models.ForeignKey(FiguresRun, on_delete=models.CASCADE, related_name="tallies")
    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=60)
    title_zh = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    claims = models.PositiveIntegerField()
    approved = models.PositiveIntegerField(default=0)
    paid_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "kind", "province", "year", "key"], name="tally_figure_once"
            ),
            models.CheckConstraint(condition=Q(claims__gt=0), name="tally_figure_counts_something"),
        ]
