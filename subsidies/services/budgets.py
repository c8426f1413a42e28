"""Budget documents: one person enters them, another confirms or refuses; confirming posts them to the ledger."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as now_said
from django.utils.translation import gettext_lazy as _

from portal import clock, moves
from portal.accounts.access import has_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.audit.services import record
from portal.rules import RuleBroken
from portal.templatetags.zhixun import yuan
from subsidies.models import Book, BudgetProposal
from subsidies.selectors.ledger import funds
from subsidies.services import ledger, yearend
from subsidies.workflow.money import PROPOSAL_MOVES, Event

MOST_FEN = 10**15
"""Ten trillion yuan: more than any budget, and far below what a bigint holds."""
K = BudgetProposal.Kind
EVENTS = {K.ISSUE: Event.ISSUED, K.RAISE: Event.RAISED, K.CUT: Event.CUT}


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


class AmountNotNeeded(RuleBroken):
    code = "amount_not_needed"
    message = _("Closing a year names no amount: all that is left goes back.")


class BadYear(RuleBroken):
    code = "bad_year"
    message = _("A budget year lies between 2000 and 2100.")


class DocumentMissing(RuleBroken):
    code = "document_missing"
    message = _("Type the number of the document that issues the budget.")


class ReasonMissing(RuleBroken):
    code = "reason_missing"
    message = _("State the reason.")


class NothingIssued(RuleBroken):
    code = "nothing_issued"
    message = _("No budget was issued for this fund and year, so it can neither be changed nor closed.")


class YearNotOver(RuleBroken):
    code = "year_not_over"
    message = _("This budget year is not over yet. It can be closed from 1 January of the next year.")


class CutAboveFree(RuleBroken):
    """`free` in details is in fen."""

    code = "cut_above_free"

    def __init__(self, free: int) -> None:
        told = now_said(
            "Only %(sum)s of this budget is free; the rest is set aside or spent. Cut no more than that."
        )
        super().__init__(told % {"sum": yuan(free)}, free_fen=free)


@transaction.atomic
def propose_budget(
    *,
    province: str,
    fund: str,
    year: int,
    fen: int = 0,
    document: str,
    by: User,
    at: dt.datetime,
    kind: str = K.ISSUE,
    purpose: str = "",
) -> BudgetProposal:
    """Enter a document for a province code, fund code and year; no money moves yet. `fen` is 0 for closing a year.

    Raises NotYours, UnknownFund, BadAmount, AmountNotNeeded, BadYear, DocumentMissing, ReasonMissing, DocumentTwice,
    NothingIssued, YearNotOver, CutAboveFree, BookClosed.
    """
    if not has_role(by, Role.FINANCE_MAKER, province=province):
        raise NotYours
    document, purpose = " ".join(document.split()), purpose.strip()[:500]
    _guard_words(fund, year, fen, document, K(kind), purpose)
    book = ledger.open_book(province, fund, year)
    _guard_book(book, K(kind), fen, at=at)
    proposal = BudgetProposal(
        province_id=province,
        fund_id=fund,
        year=year,
        kind=kind,
        fen=fen,
        document=document,
        purpose=purpose,
        made_by=by,
        made_at=at,
    )
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError as broken:
        if "budget_document_once" not in str(broken) and "budget_year_closed_once" not in str(broken):
            raise
        raise DocumentTwice from broken
    detail = {"kind": str(kind), "fund": fund, "year": year, "fen": fen, "document": document}
    record(by=by, action="budget.proposed", thing=proposal, at=at, detail=detail)
    return proposal


def _guard_words(fund: str, year: int, fen: int, document: str, kind: K, purpose: str) -> None:
    if fund not in funds():
        raise UnknownFund
    if kind == K.CLOSE and fen:
        raise AmountNotNeeded
    if kind != K.CLOSE and not 0 < fen < MOST_FEN:
        raise BadAmount
    if not 2000 <= year <= 2100:  # noqa: PLR2004 - the sentence says the numbers
        raise BadYear
    if not document:
        raise DocumentMissing
    if kind != K.ISSUE and not purpose:
        raise ReasonMissing


def _guard_book(book: Book, kind: K, fen: int, *, at: dt.datetime) -> None:
    """Asked when a document is entered and once more when it is confirmed."""
    if book.closed_at is not None:
        raise ledger.BookClosed
    if kind != K.ISSUE and not book.length:
        raise NothingIssued
    if kind == K.CLOSE and book.year >= clock.today(at).year:
        raise YearNotOver
    if kind == K.CUT and fen > (free := ledger.free_in(book)):
        raise CutAboveFree(free)


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
    """The second person confirms: the document takes effect in the ledger.

    Closing a year closes the book at once; what is set aside in it is carried on by `subsidies.tasks.carry_closed_years`.
    Raises NotYours, SamePerson, IllegalMove, CutAboveFree, BookClosed, YearNotOver.
    """
    proposal = _checked(proposal, "issue", by=by, at=at, reason="")
    kind = K(proposal.kind)
    book = ledger.open_book(proposal.province_id, proposal.fund_id, proposal.year)
    book = ledger.locked([book.pk])[book.pk]
    _guard_book(book, kind, proposal.fen, at=at)
    if kind == K.CLOSE:
        book.closed_at = at
        book.save(update_fields=["closed_at"])
        given_back = yearend.give_back(book, at=at)
        record(by=by, action="budget.closed", thing=proposal, at=at, detail={"unspent_fen": given_back})
        return proposal
    ledger.post(book, EVENTS[kind], proposal.fen, cause=f"budget:{proposal.pk}", by=by, at=at)
    detail = {"kind": proposal.kind, "fen": proposal.fen}
    record(by=by, action="budget.issued", thing=proposal, at=at, detail=detail)
    return proposal


@transaction.atomic
def refuse_budget(proposal: BudgetProposal, *, by: User, at: dt.datetime, reason: str) -> BudgetProposal:
    """The second person refuses, with a reason. Raises NotYours, SamePerson, ReasonMissing, IllegalMove."""
    if not reason.strip():
        raise ReasonMissing
    proposal = _checked(proposal, "refuse", by=by, at=at, reason=reason.strip()[:500])
    record(by=by, action="budget.refused", thing=proposal, at=at, reason=proposal.reason)
    return proposal
