"""Budget documents: what issues, raises, cuts or closes the money of a fund in a province and year."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from subsidies.models.ledger import Fund
from subsidies.workflow.money import ProposalState


class BudgetProposal(models.Model):
    """A budget document (指标文件) entered by one person and confirmed by another; then it is posted.

    `fen` is what it issues, adds or takes away; closing a year names no sum: what is left goes back.
    """

    class Kind(models.TextChoices):
        ISSUE = "issue", pgettext_lazy("budget", "Issues")
        RAISE = "raise", pgettext_lazy("budget", "Raises")
        CUT = "cut", pgettext_lazy("budget", "Cuts")
        CLOSE = "close", pgettext_lazy("budget", "Closes the year")

    province = models.ForeignKey("accounts.Province", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.ISSUE)
    fen = models.BigIntegerField()
    document = models.CharField(max_length=80)
    purpose = models.CharField(max_length=500, blank=True)
    """Why, in words; needed where a budget changes after it was issued."""
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
                condition=Q(kind="close", fen=0) | (~Q(kind="close") & Q(fen__gt=0)),
                name="budget_above_zero",
                violation_error_message=_("Type an amount above zero."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["issue", "raise", "cut", "close"]), name="budget_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="issue") | ~Q(purpose=""),
                name="budget_changed_for_a_reason",
                violation_error_message=_("State the reason."),
            ),
            models.UniqueConstraint(
                fields=["province", "fund", "year"],
                condition=Q(kind="close") & ~Q(state=ProposalState.REFUSED),
                name="budget_year_closed_once",
                violation_error_message=_("The closing of this year was already entered."),
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
