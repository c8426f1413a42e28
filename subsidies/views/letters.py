"""The letter of a decision, for the claimant and at the desk; and the auditor's export of its record."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from certificates.services.letters import CannotBeSigned
from portal.accounts.access import needs_role, signed_in
from portal.sheets.writing import XLSX
from subsidies import exported
from subsidies.models import Claim, Decision
from subsidies.selectors import claims as asked
from subsidies.selectors.desks import READERS
from subsidies.services.letters import letter_pdf

UNAVAILABLE = 503


@require_GET
@signed_in
def own(request: HttpRequest, number: str, pk: str) -> HttpResponse:
    claim = get_object_or_404(asked.own_claims(request.user), number=number)
    return _letter(request, claim, pk)


@require_GET
@needs_role(*READERS)
def at_desk(request: HttpRequest, number: str, pk: str) -> HttpResponse:
    claim = get_object_or_404(asked.reviews_visible_to(request.user), number=number)
    return _letter(request, claim, pk)


def _letter(request: HttpRequest, claim: Claim, pk: str) -> HttpResponse:
    decision = get_object_or_404(asked.letters_of(claim), pk=pk)
    try:
        pdf = letter_pdf(decision)
    except CannotBeSigned as broken:
        return render(
            request, "subsidies/no_letter.html", {"claim": claim, "broken": broken}, status=UNAVAILABLE
        )
    return download(pdf, "application/pdf", f"{claim.number}-{decision.pk}.pdf")


@require_GET
@needs_role(*READERS)
def record(request: HttpRequest, number: str, pk: str, form: str) -> HttpResponse:
    """A decision with everything it rested on, as JSON or as a workbook."""
    claim = get_object_or_404(asked.reviews_visible_to(request.user), number=number)
    decision = get_object_or_404(Decision.objects.select_related("claim", "by"), claim=claim, pk=pk)
    name = f"{claim.number}-{decision.pk}.{form}"
    if form == "xlsx":
        return download(exported.decision_xlsx(decision), XLSX, name)
    answer = JsonResponse(
        exported.decision_json(decision), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)
