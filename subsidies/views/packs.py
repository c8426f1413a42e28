"""Evidence packs of one claim: asking for one, how far it is, fetching it."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.rules import RuleBroken
from subsidies.forms.packs import PackForm
from subsidies.models import EvidencePack
from subsidies.selectors import packs as asked
from subsidies.selectors.claims import reviews_visible_to
from subsidies.services import packs

ASKERS = (Role.AUDITOR,)
CONFLICT = 409
UNPROCESSABLE = 422
MOST_SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*ASKERS)
def of_claim(request: HttpRequest, number: str) -> HttpResponse:
    """One's own packs of a claim; a POST asks for one, with a reason."""
    claim = get_object_or_404(reviews_visible_to(request.user), number=number)
    form = PackForm(request.POST or None)
    status = UNPROCESSABLE if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            packs.ask(claim, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
        except RuleBroken as broken:
            form.add_error(None, str(broken))
            status = CONFLICT
        else:
            messages.success(request, _("The pack is being made."))
            return redirect("subsidies:packs", number)
    context = {
        "claim": claim,
        "form": form,
        "live": asked.live_pack(claim, request.user),
        "earlier": asked.packs_of(claim, request.user)[:MOST_SHOWN],
    }
    return render(request, "subsidies/packs.html", context, status=status)


@require_POST
@needs_role(*ASKERS)
def fetch(request: HttpRequest, uid: object) -> HttpResponse:
    """The file, for who asked for it while it is there; noted in the audit, so it is a POST."""
    content, pack = taken(request, uid)
    name = f"{pack.claim.number}-{clock.today(pack.ready_at).isoformat()}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/zip", headers=headers)


def taken(request: HttpRequest, uid: object) -> tuple[bytes, EvidencePack]:
    """The bytes of one's own pack, noted as fetched. Raises Http404 for what is another's, not ready, or over."""
    at = clock.now()
    pack = asked.to_fetch(request.user, uid, at)
    if pack is None:
        raise Http404
    try:
        with default_storage.open(pack.file_key) as file:
            content = file.read()
    except FileNotFoundError as gone:  # deleted on another page this very moment
        raise Http404 from gone
    packs.note_fetched(pack, by=request.user, at=at)
    return content, pack


@require_POST
@needs_role(*ASKERS)
def delete(request: HttpRequest, uid: object) -> HttpResponse:
    pack = get_object_or_404(asked.packs_visible_to(request.user), uid=uid)
    if packs.delete_next(at=clock.now(), pack=pack, by=request.user):
        messages.success(request, _("The pack is deleted."))
    return redirect("subsidies:packs", pack.claim.number)
