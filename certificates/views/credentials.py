"""Digital credentials: the holder's file, and what machines need to check one, open to all and without cookies."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates import selectors, signers
from certificates.credentials import ASK_AGAIN
from portal import clock
from portal.accounts.access import signed_in
from portal.rules import RuleBroken

KEYS_KEPT = 300
"""Seconds that a cache may keep a DID document: keys change once in years."""


@require_safe
@never_cache
@signed_in
def page(request: HttpRequest, serial: str) -> HttpResponse:
    """What the holder's file says, in words and as it is."""
    found = get_object_or_404(selectors.certificates_of(request.user).on_paper(), serial=serial)
    try:
        document, _file = selectors.credential_of(found, at=clock.now())
    except RuleBroken as broken:
        return _refused(request, found, broken)
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return render(
        request, "certificates/credential.html", {"certificate": found, "document": document, "text": text}
    )


@require_safe
@never_cache
@signed_in
def file(request: HttpRequest, serial: str) -> HttpResponse:
    """For its holder only: the desks of a province have the paper."""
    found = get_object_or_404(selectors.certificates_of(request.user).on_paper(), serial=serial)
    try:
        _document, token = selectors.credential_of(found, at=clock.now())
    except RuleBroken as broken:
        return _refused(request, found, broken)
    return HttpResponse(
        token,
        content_type="application/vc+jwt",
        headers={
            "Content-Disposition": f'attachment; filename="{found.serial}.jwt"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _refused(request: HttpRequest, found: object, broken: RuleBroken) -> HttpResponse:
    return render(
        request, "certificates/credential.html", {"certificate": found, "trouble": broken}, status=409
    )


def _for_machines(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Any web page may read it (CORS). 503 in a sentence where the key cannot be read; a verifier then asks later."""

    @wraps(view)
    def told(request: HttpRequest, **asked: object) -> HttpResponse:
        try:
            response = view(request, **asked)
        except signers.KeyUnreadable as broken:
            response = HttpResponse(str(broken), status=503, content_type="text/plain; charset=utf-8")
        response["Access-Control-Allow-Origin"] = "*"
        response["X-Robots-Tag"] = "noindex"
        return response

    return told


@require_safe
@_for_machines
def issuer(request: HttpRequest, province: str) -> HttpResponse:
    """The DID document of a province (did:web)."""
    document = selectors.issuer_document(province)
    if document is None:
        raise Http404
    body = json.dumps(document, ensure_ascii=False).encode()
    return _kept_for(KEYS_KEPT, request, body, "application/did+json")


@require_safe
@_for_machines
def status_list(request: HttpRequest, province: str, year: int, number: int) -> HttpResponse:
    """Which certificates of a province and year no longer count (Bitstring Status List)."""
    token = selectors.status_list_of(province, year, number, at=clock.now())
    if token is None:
        raise Http404
    return _kept_for(int(ASK_AGAIN.total_seconds()), request, token.encode(), "application/vc+jwt")


def _kept_for(seconds: int, request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    """For caches to keep, and 304 to whoever has it already. What is shown to somebody signed in is kept nowhere."""
    response = HttpResponse(body, content_type=kind)
    response["ETag"] = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    if not request.session.get("_auth_user_id"):
        response["Cache-Control"] = f"public, max-age={seconds}"
    return get_conditional_response(request, etag=response["ETag"], response=response)
