"""The ledger to read: a book, the statement of an account, one entry with its place in the chain."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from portal.accounts.access import has_role, needs_role
from portal.accounts.models import User
from portal.accounts.roles import Role
from portal.money import yuan
from portal.sheets.writing import CSV, XLSX, rows_csv, rows_xlsx
from subsidies.forms.money import StatementForm
from subsidies.models import Account, Book, JournalEntry, Posting
from subsidies.selectors import ledger as asked
from subsidies.workflow.money import Kind

MOST_ROWS = 500_000
"""Rows in one CSV file, oldest first; the days narrow it."""
MOST_IN_A_WORKBOOK = 20_000
_AT_ONCE = 1000
LINKS = {
    "entitlement": "subsidies:review",
    "line": "subsidies:review",
    "batch": "subsidies:batch",
    "recovery": "subsidies:recovery",
    "settlement": "subsidies:recovery",
}
REVIEWERS = (Role.MINISTRY_REVIEWER, Role.AUDITOR)
SPOKEN = {
    "budget": lambda name: name,
    "year": lambda name: _("Closing of the year %(year)s") % {"year": name},
    "entitlement": lambda name: _("Claim %(number)s") % {"number": name},
    "line": lambda name: _("Claim %(number)s") % {"number": name},
    "batch": lambda name: _("Batch %(number)s") % {"number": name},
    "recovery": lambda name: _("Recovery %(number)s") % {"number": name},
    "settlement": lambda name: _("Recovery %(number)s") % {"number": name},
}


def cause_shown(cause: asked.Cause | None, *, reader: User | None = None) -> tuple[str, str]:
    """The words for a cause, and the address of its page; none where it has none, or the reader may not open it."""
    if cause is None:
        return "", ""
    name = LINKS.get(cause.kind, "")
    if name == "subsidies:review" and (reader is None or not has_role(reader, *REVIEWERS)):
        name = ""
    return SPOKEN[cause.kind](cause.name), reverse(name, args=[cause.name]) if name else ""


def _book(request: HttpRequest, pk: str) -> Book:
    return get_object_or_404(asked.books_visible_to(request.user), pk=pk)


@require_GET
@needs_role(*asked.READERS)
def book(request: HttpRequest, pk: str) -> HttpResponse:
    found = _book(request, pk)
    accounts = asked.accounts_of(found)
    context = {
        "book": found,
        "budget": asked.facts_of(found),
        "accounts": accounts,
        "sum": sum(account.balance_fen for account in accounts),
        "documents": asked.documents_of(found)[:100],
        "closing": asked.closing_of(found),
    }
    return render(request, "subsidies/book.html", context)


def _account(request: HttpRequest, pk: str, kind: str) -> Account:
    found = _book(request, pk)
    if kind not in Kind.values:
        raise Http404
    return get_object_or_404(found.accounts.select_related("book__province", "book__fund"), kind=kind)


def _narrowed(request: HttpRequest) -> tuple[StatementForm, dict[str, Any]]:
    """The form with what it narrows the statement to; a form that cannot be read narrows nothing and says so."""
    form = StatementForm(request.GET or None)
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return form, {"since": said.get("since"), "until": said.get("until"), "event": said.get("event", "")}


@require_GET
@needs_role(*asked.READERS)
def statement(request: HttpRequest, pk: str, kind: str) -> HttpResponse:
    account = _account(request, pk, kind)
    form, narrowed = _narrowed(request)
    before = request.GET.get("before", "")
    page = asked.statement_of(
        account,
        asked.postings_of(account, **narrowed),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,  # noqa: PLR2004
        whole=not narrowed["event"],
    )
    causes = asked.causes_of(row.entry for row in page.rows)
    kept = request.GET.copy()
    kept.pop("before", None)
    context = {
        "account": account,
        "book": account.book,
        "form": form,
        "rows": [(row, *cause_shown(causes.get(row.entry.cause), reader=request.user)) for row in page.rows],
        "older": page.older,
        "first": not before,
        "kept": kept.urlencode(),
    }
    return render(request, "subsidies/statement.html", context)


@require_GET
@needs_role(*asked.READERS)
def statement_file(request: HttpRequest, pk: str, kind: str, form: str) -> HttpResponse:
    """The statement as a table, oldest first, narrowed as the page is."""
    account = _account(request, pk, kind)
    _form, narrowed = _narrowed(request)
    name = f"{account.book.province_id}-{account.book.fund_id}-{account.book.year}-{account.kind}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if form == "xlsx":
        lines = _lines(account, narrowed, MOST_IN_A_WORKBOOK)
        content = rows_xlsx(account.get_kind_display(), _headings(), lines)
        return HttpResponse(content, content_type=XLSX, headers=headers)
    lines = _lines(account, narrowed, MOST_ROWS)
    return StreamingHttpResponse(rows_csv(_headings(), lines), content_type=CSV, headers=headers)


def _headings() -> list[str]:
    return [
        pgettext("entry", "No."),
        pgettext("posting", "When"),
        pgettext("posting", "What happened"),
        _("Cause"),
        _("Debit"),
        _("Credit"),
        _("Balance"),
    ]


def _lines(account: Account, narrowed: dict[str, Any], most: int) -> Iterator[list[str]]:
    """The rows of the file, read a thousand at a time, so that a long statement needs no more memory than a short one."""
    rows, balance, last, told = asked.postings_of(account, **narrowed).order_by("pk"), None, 0, 0
    while told < most:
        some = list(rows.filter(pk__gt=last)[: min(_AT_ONCE, most - told)])
        if not some:
            return
        if not told and not narrowed["event"]:
            balance = asked.balance_before(account, some[0])
        causes = asked.causes_of(posting.entry for posting in some)
        for posting in some:
            if balance is not None:
                balance += posting.debit_fen - posting.credit_fen
            yield _line(posting, causes.get(posting.entry.cause), balance)
        last, told = some[-1].pk, told + len(some)


def _line(posting: Posting, cause: asked.Cause | None, balance: int | None) -> list[str]:
    entry = posting.entry
    return [
        str(entry.place),
        f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}",
        entry.get_event_display(),
        cause_shown(cause)[0],
        yuan(posting.debit_fen) if posting.debit_fen else "",
        yuan(posting.credit_fen) if posting.credit_fen else "",
        "" if balance is None else yuan(abs(balance)),
    ]


@require_GET
@needs_role(*asked.READERS)
def entry(request: HttpRequest, pk: str) -> HttpResponse:
    found: JournalEntry = get_object_or_404(asked.entries_visible_to(request.user), pk=pk)
    postings = list(found.postings.select_related("account").order_by("pk"))
    cause, link = cause_shown(asked.causes_of([found]).get(found.cause), reader=request.user)
    around = asked.neighbours(found)
    context = {
        "entry": found,
        "book": found.book,
        "postings": postings,
        "sum": found.postings.aggregate(sum=Sum("debit_fen"))["sum"],
        "cause": cause,
        "link": link,
        "holds": asked.digest_holds(found, postings),
        "digest": bytes(found.digest).hex(),
        "previous": bytes(found.previous).hex(),
        **around,
    }
    return render(request, "subsidies/entry.html", context)
