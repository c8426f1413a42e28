"""The proofs of the books, night by night, with what each found."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from subsidies.selectors import proofs as asked
from subsidies.services import reconcile

READERS = (Role.AUDITOR, Role.OPERATOR)
PER_PAGE = 30


@require_GET
@needs_role(*READERS)
def proofs(request: HttpRequest) -> HttpResponse:
    page = Paginator(asked.runs(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "subsidies/proofs.html", {"page": page, "invariants": reconcile.invariants()})


@require_GET
@needs_role(*READERS)
def proof(request: HttpRequest, pk: str) -> HttpResponse:
    run = get_object_or_404(asked.runs(), pk=pk)
    findings = [(finding["invariant"], reconcile.sentence_of(finding)) for finding in run.findings]
    context = {"run": run, "findings": findings, "left_out": run.breaches - len(findings)}
    return render(request, "subsidies/proof.html", context)
