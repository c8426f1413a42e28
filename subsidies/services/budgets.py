"""Budget documents: one person enters them, another confirms or refuses; confirming posts them to the ledger."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from portal import moves
from portal.accounts.models import User
from portal.accounts.roles import Role, has_role
from portal.audit.services import record
from portal.rules import RuleBroken
from subsidies.models import BudgetProposal
from subsidies.money_workflow import PROPOSAL_MOVES
from subsidies.selectors.money import funds
from subsidies.services import ledger

MOST_FEN = 10**15
"""Ten trillion yuan: more than any budget, and far below what a bigint holds."""


class NotYours(RuleBroken):
    code = "not_yours"
    message = _("You have no finance role in this province.")


class SamePerson(RuleBroken):
    code = "same_person"
    message = _("Who entered a budget cannot confirm it. Another person must do that.")


class DocumentTwice(RuleBroken):
    code = "document_twice"
    message = _("This document was already entered for the fund and year.")


class UnknownFund(RuleBroken):
    code = "unknown_fund"
    message = _("No published policy pays from this fund.")


class BadAmount(RuleBroken):
    code = "bad_amount"
    message = _("Type an amount above zero and below ten trillion yuan.")


class BadYear(RuleBroken):
    code = "bad_year"
    message = _("A budget year lies between 2000 and 2100.")


class DocumentMissing(RuleBroken):
    code = "document_missing"
    message = _("Type the number of the document that issues the budget.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason.")


@transaction.atomic
def propose_budget(
    *, province: str, fund: str, year: int, fen: int, document: str, by: User, at: dt.datetime
) -> BudgetProposal:
    """Enter a budget of `fen` for a province code, fund code and year; no money moves yet.

    Raises NotYours, UnknownFund, BadAmount, BadYear, DocumentMissing, DocumentTwice.
    """
    if not has_role(by, Role.FINANCE_MAKER, province=province):
        raise NotYours
    if fund not in funds():
        raise UnknownFund
    if not 0 < fen < MOST_FEN:
        raise BadAmount
    if not 2000 <= year <= 2100:  # noqa: PLR2004 - the sentence says the numbers
        raise BadYear
    document = " ".join(document.split())
    if not document:
        raise DocumentMissing
    ledger.open_book(province, fund, year)
    proposal = BudgetProposal(
        province_id=province, fund_id=fund, year=year, fen=fen, document=document, made_by=by, made_at=at
    )
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError as broken:
        if "budget_document_once" not in str(broken):
            raise
        raise DocumentTwice from broken
    detail = {"fund": fund, "year": year, "fen": fen, "document": document}
    record(by=by, action="budget.proposed", thing=proposal, at=at, detail=detail)
    return proposal


def _checked(
    proposal: BudgetProposal, step: str, *, by: User, at: dt.datetime, reason: str
) -> BudgetProposal:
    proposal = BudgetProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if not has_role(by, Role.FINANCE_CHECKER, province=proposal.province_id):
        raise NotYours
    if proposal.made_by_id == by.pk:
        raise SamePerson
    proposal.state = moves.check(PROPOSAL_MOVES, step, proposal.state)
    proposal.checked_by, proposal.checked_at, proposal.reason = by, at, reason
    proposal.save(update_fields=["state", "checked_by", "checked_at", "reason"])
    return proposal


@transaction.atomic
def issue_budget(proposal: BudgetProposal, *, by: User, at: dt.datetime) -> BudgetProposal:
    """The second person confirms: the sum becomes available. Raises NotYours, SamePerson, IllegalMove."""
    proposal = _checked(proposal, "issue", by=by, at=at, reason="")
    book = ledger.open_book(proposal.province_id, proposal.fund_id, proposal.year)
    ledger.issue(book, proposal.fen, cause=f"budget:{proposal.pk}", by=by, at=at)
    record(by=by, action="budget.issued", thing=proposal, at=at, detail={"fen": proposal.fen})
    return proposal


@transaction.atomic
def refuse_budget(proposal: BudgetProposal, *, by: User, at: dt.datetime, reason: str) -> BudgetProposal:
    """The second person refuses, with a reason. Raises NotYours, SamePerson, ReasonMissing, IllegalMove."""
    if not reason.strip():
        raise ReasonMissing
    proposal = _checked(proposal, "refuse", by=by, at=at, reason=reason.strip()[:500])
    record(by=by, action="budget.refused", thing=proposal, at=at, reason=proposal.reason)
    return proposal
