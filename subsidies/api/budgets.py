"""Budgets and the ledger. Money is integer fen, and beside it a decimal string in yuan where a person reads it."""

import datetime as dt

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from portal import clock
from portal.accounts.roles import Role
from portal.api import NeedsRole, idempotent
from portal.money import yuan
from subsidies import addresses  # noqa: F401 - registers the converter
from subsidies.api.money import MoneyReasonIn, given, paged
from subsidies.models import Account, Book, BudgetProposal, JournalEntry, Posting
from subsidies.selectors import ledger as asked
from subsidies.services import budgets
from subsidies.workflow.money import Event, Kind

READERS = NeedsRole(*asked.READERS)
MAKER = NeedsRole(Role.FINANCE_MAKER)
CHECKER = NeedsRole(Role.FINANCE_CHECKER)


class BudgetOut(serializers.Serializer):
    id = serializers.IntegerField(source="book.pk")
    province = serializers.CharField(source="book.province_id")
    fund = serializers.CharField(source="book.fund_id")
    year = serializers.IntegerField(source="book.year")
    closed_at = serializers.DateTimeField(source="book.closed_at", allow_null=True)
    issued_fen = serializers.IntegerField(source="issued")
    available_fen = serializers.IntegerField(source="available")
    reserved_fen = serializers.IntegerField(source="reserved")
    in_transit_fen = serializers.IntegerField(source="in_transit")
    paid_fen = serializers.IntegerField(source="paid")
    receivable_fen = serializers.IntegerField(source="receivable")
    remitted_fen = serializers.IntegerField(source="remitted")
    written_off_fen = serializers.IntegerField(source="written_off")
    available = serializers.SerializerMethodField(help_text="Yuan, two decimals.")

    def get_available(self, facts: asked.BudgetFacts) -> str:
        return yuan(facts.available)


class ProposalIn(serializers.Serializer):
    province = serializers.CharField(max_length=6)
    fund = serializers.SlugField(max_length=20)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    kind = serializers.ChoiceField(BudgetProposal.Kind.choices, default=BudgetProposal.Kind.ISSUE)
    fen = serializers.IntegerField(
        min_value=0, max_value=budgets.MOST_FEN - 1, default=0, help_text="0 only where a year is closed."
    )
    document = serializers.CharField(max_length=80)
    purpose = serializers.CharField(max_length=500, default="", allow_blank=True)


class ProposalOut(serializers.ModelSerializer):
    class Meta:
        model = BudgetProposal
        fields = [
            "id",
            "province",
            "fund",
            "year",
            "kind",
            "fen",
            "document",
            "purpose",
            "state",
            "made_at",
            "checked_at",
            "reason",
        ]


class AccountBalanceOut(serializers.ModelSerializer):
    class Meta:
        model = Account
        fields = ["kind", "balance_fen"]


class ClosingOut(serializers.Serializer):
    carried = serializers.IntegerField()
    carried_fen = serializers.IntegerField()
    left = serializers.IntegerField()
    left_fen = serializers.IntegerField()
    done = serializers.BooleanField()


class BookOut(serializers.ModelSerializer):
    accounts = serializers.SerializerMethodField(help_text="Debits less credits; they sum to zero.")
    documents = serializers.SerializerMethodField()
    closing = serializers.SerializerMethodField(allow_null=True)

    class Meta:
        model = Book
        fields = ["id", "province", "fund", "year", "length", "closed_at", "accounts", "documents", "closing"]

    def get_accounts(self, book: Book) -> AccountBalanceOut(many=True):
        return AccountBalanceOut(asked.accounts_of(book), many=True).data

    def get_documents(self, book: Book) -> ProposalOut(many=True):
        return ProposalOut(asked.documents_of(book)[:100], many=True).data

    def get_closing(self, book: Book) -> ClosingOut(allow_null=True):
        closing = asked.closing_of(book)
        return ClosingOut(closing).data if closing else None


class LedgerPostingOut(serializers.ModelSerializer):
    entry = serializers.IntegerField(source="entry_id")
    place = serializers.IntegerField(source="entry.place")
    event = serializers.ChoiceField(Event.choices, source="entry.event")
    cause = serializers.CharField(source="entry.cause")
    at = serializers.DateTimeField(source="entry.at")

    class Meta:
        model = Posting
        fields = ["id", "entry", "place", "event", "cause", "at", "debit_fen", "credit_fen"]


class EntrySideOut(serializers.ModelSerializer):
    account = serializers.ChoiceField(Kind.choices, source="account.kind")

    class Meta:
        model = Posting
        fields = ["account", "debit_fen", "credit_fen"]


class JournalEntryOut(serializers.ModelSerializer):
    postings = EntrySideOut(many=True)
    previous = serializers.SerializerMethodField()
    digest = serializers.SerializerMethodField()
    holds = serializers.SerializerMethodField(help_text="Whether the digest fits what the entry says.")

    class Meta:
        model = JournalEntry
        fields = ["id", "book", "place", "event", "cause", "at", "postings", "previous", "digest", "holds"]

    def get_previous(self, entry: JournalEntry) -> str:
        return bytes(entry.previous).hex()

    def get_digest(self, entry: JournalEntry) -> str:
        return bytes(entry.digest).hex()

    def get_holds(self, entry: JournalEntry) -> bool:
        return asked.digest_holds(entry, list(entry.postings.all()))


def _year(request: Request, at: dt.datetime) -> int:
    text = request.query_params.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else clock.today(at).year  # noqa: PLR2004


@extend_schema(parameters=[OpenApiParameter("year", OpenApiTypes.INT)], responses=BudgetOut(many=True))
@api_view(["GET"])
@permission_classes([READERS])
def money(request: Request) -> Response:
    """The books of a budget year (this one, if none is named) in the provinces that one may see."""
    facts = asked.budgets_visible_to(request.user, _year(request, clock.now()))
    return Response(BudgetOut(facts, many=True).data)


@extend_schema(request=ProposalIn, responses={201: ProposalOut})
@api_view(["POST"])
@permission_classes([MAKER])
@idempotent
def propose(request: Request) -> Response:
    """Enter a budget document; it takes effect once another person confirmed it."""
    row = budgets.propose_budget(**given(ProposalIn, request), by=request.user, at=clock.now())
    return Response(ProposalOut(row).data, status=201)


@extend_schema(request=None, responses=ProposalOut)
@api_view(["POST"])
@permission_classes([CHECKER])
@idempotent
def issue(request: Request, pk: str) -> Response:
    row = get_object_or_404(asked.proposals_visible_to(request.user), pk=pk)
    return Response(ProposalOut(budgets.issue_budget(row, by=request.user, at=clock.now())).data)


@extend_schema(request=MoneyReasonIn, responses=ProposalOut)
@api_view(["POST"])
@permission_classes([CHECKER])
@idempotent
def refuse(request: Request, pk: str) -> Response:
    row = get_object_or_404(asked.proposals_visible_to(request.user), pk=pk)
    reason = given(MoneyReasonIn, request)["reason"]
    return Response(
        ProposalOut(budgets.refuse_budget(row, by=request.user, at=clock.now(), reason=reason)).data
    )


def _book(request: Request, pk: str) -> Book:
    return get_object_or_404(asked.books_visible_to(request.user), pk=pk)


@extend_schema(responses=BookOut)
@api_view(["GET"])
@permission_classes([READERS])
def book(request: Request, pk: str) -> Response:
    """One book with every account, its documents and how far its closing is."""
    return Response(BookOut(_book(request, pk)).data)


def _postings(request: Request, pk: str, kind: str) -> QuerySet[Posting]:
    if kind not in Kind.values:
        raise Http404
    account = get_object_or_404(_book(request, pk).accounts, kind=kind)
    return asked.postings_of(account)


@extend_schema(responses=LedgerPostingOut(many=True))
@api_view(["GET"])
@permission_classes([READERS])
def postings(request: Request, pk: str, kind: str) -> Response:
    """What was posted to one account of a book, newest first, page by page."""
    return paged(request, _postings(request, pk, kind), LedgerPostingOut)


@extend_schema(responses=JournalEntryOut)
@api_view(["GET"])
@permission_classes([READERS])
def entry(request: Request, pk: str) -> Response:
    rows = asked.entries_visible_to(request.user).prefetch_related("postings__account")
    return Response(JournalEntryOut(get_object_or_404(rows, pk=pk)).data)


urlpatterns = [
    path("money/", money, name="api-money"),
    path("money/budgets/", propose, name="api-budget-propose"),
    path("money/budgets/<subsidies_row:pk>/issue/", issue, name="api-budget-issue"),
    path("money/budgets/<subsidies_row:pk>/refuse/", refuse, name="api-budget-refuse"),
    path("money/books/<subsidies_row:pk>/", book, name="api-book"),
    path("money/books/<subsidies_row:pk>/<slug:kind>/", postings, name="api-book-postings"),
    path("money/entries/<subsidies_row:pk>/", entry, name="api-entry"),
]
