"""Rights to money: one per approved claim and fund, set aside in a book until it is paid, given back or carried on."""

from django.db import models
from django.db.models import F, Q

from subsidies.models.ledger import Book, Fund
from subsidies.workflow.money import EntitlementState

S = EntitlementState
_GONE = [S.RELEASED, S.CARRIED]


class Entitlements(models.QuerySet["Entitlement"]):
    def live(self) -> "Entitlements":
        """Neither given back nor carried into a later book."""
        return self.exclude(state__in=_GONE)


class Entitlement(models.Model):
    """The right to a sum from one fund for one approved claim; its money is set aside in `book`.

    `offset_fen` is the part that paid a debt of the payee instead of going to the bank: it is spent already. A right
    that was carried on when its book's year was closed points from its successor: `carried_from`.
    """

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    claim = models.ForeignKey("subsidies.Claim", on_delete=models.PROTECT, related_name="entitlements")
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="entitlements")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    fen = models.BigIntegerField()
    offset_fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=S.choices, default=S.RESERVED)
    carried_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="carried_to"
    )
    reserved_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    carried_at = models.DateTimeField(null=True)

    objects = Entitlements.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["province", "state"], name="entitlement_by_province"),
            models.Index(fields=["book"], condition=Q(state=S.RESERVED), name="entitlement_set_aside"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "fund"], condition=~Q(state__in=_GONE), name="entitlement_one_live_per_fund"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="entitlement_above_zero"),
            models.CheckConstraint(
                condition=Q(offset_fen__gte=0, offset_fen__lte=F("fen")), name="entitlement_offset_within_sum"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.SENT, S.RESERVED, S.CARRIED]) | Q(offset_fen__lt=F("fen")),
                name="entitlement_wholly_offset_is_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.RELEASED) | Q(offset_fen=0), name="entitlement_offset_is_not_given_back"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.RESERVED, S.SENT], paid_at=None, released_at=None, carried_at=None)
                | Q(
                    state=S.PAID,
                    paid_at__isnull=False,
                    paid_at__gte=F("reserved_at"),
                    released_at=None,
                    carried_at=None,
                )
                | Q(
                    state=S.RELEASED,
                    released_at__isnull=False,
                    released_at__gte=F("reserved_at"),
                    paid_at=None,
                    carried_at=None,
                )
                | Q(
                    state=S.CARRIED,
                    carried_at__isnull=False,
                    carried_at__gte=F("reserved_at"),
                    paid_at=None,
                    released_at=None,
                ),
                name="entitlement_state_and_times_agree",
            ),
        ]

    @property
    def due_fen(self) -> int:
        """What the bank is still asked for."""
        return self.fen - self.offset_fen
