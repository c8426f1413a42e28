"""A person's own certificates."""

import logging

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates import paper, selectors, workflow
from certificates.selectors.templates import wording_of
from portal import clock
from portal.accounts.access import may, signed_in
from portal.rules import RuleBroken

log = logging.getLogger(__name__)
PAGE_SIZE = 20
FEW = 10
"""So many are looked through faster than searched."""


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    own = selectors.certificates_of(request.user)
    words = request.GET.get("words", "").replace("\x00", "").strip()[:60]
    page = Paginator(selectors.own_with_words(own, words), PAGE_SIZE).get_page(request.GET.get("page"))
    many = bool(words) or page.paginator.count > FEW
    elsewhere = [] if words else selectors.externals_of(request.user)[:PAGE_SIZE]
    context = {"page": page, "words": words, "many": many, "elsewhere": elsewhere}
    return render(request, "certificates/mine.html", context)


@require_safe
@never_cache
@signed_in
def certificate(request: HttpRequest, serial: str) -> HttpResponse:
    found = get_object_or_404(selectors.certificates_of(request.user).numbered(serial))
    if not found.is_on_paper:
        return render(request, "certificates/being_made.html", {"certificate": found})
    facts = found.paper_facts()
    wording = wording_of(found)
    return render(
        request,
        "certificates/certificate.html",
        {
            "certificate": found,
            "facts": facts,
            "words": paper.words_on(facts, wording),
            "sentence": paper.sentence_on(facts, wording),
            "qr": paper.qr_address(facts.verify_url),
            "claimable": found.state == workflow.ISSUED,
            "replacement": getattr(found, "replacement", None),
        },
    )


@require_safe
@never_cache
@signed_in
def pdf(request: HttpRequest, serial: str) -> HttpResponse:
    """The paper, for its holder and, with their second factor, for the desks of its province."""
    at_desk = may(request, selectors.DESK_ROLES)
    rows = selectors.visible_to(request.user) if at_desk else selectors.certificates_of(request.user)
    found = get_object_or_404(rows.on_paper(), serial=serial)
    try:
        made = selectors.pdf_of(found, at=clock.now())
    except (RuleBroken, OSError, ValueError):
        log.exception("The paper of %s cannot be made", found.serial)
        return render(request, "certificates/no_paper.html", {"certificate": found}, status=503)
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{found.serial}.pdf"',
            "X-Content-Type-Options": "nosniff",
        },
    )
