from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal import clock
from portal.accounts.access import signed_in
from portal.owndata import selectors, services
from portal.owndata.kept import summed_up
from portal.rules import RuleBroken


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def copy(request: HttpRequest) -> HttpResponse:
    """What is kept and why; a POST asks for a copy of all of it."""
    if request.method == "POST":
        try:
            services.ask(request.user, at=clock.now())
        except RuleBroken as broken:
            messages.error(request, broken.message)
        else:
            messages.success(
                request, _("The copy is being made. You can leave this page; you are told when it is ready.")
            )
        return redirect("owndata:copy")
    page = {
        "copy": selectors.newest_copy(request.user),
        "live": selectors.live_copy(request.user),
        "kept": summed_up(),
    }
    return render(request, "owndata/own.html", page)


@require_POST
@signed_in
def fetch(request: HttpRequest, uid: object) -> HttpResponse:
    """The file, for its owner while it is there; noted in the audit, so it is a POST."""
    at = clock.now()
    found = selectors.to_fetch(request.user, uid, at)
    if found is None:
        raise Http404
    name = f"zhixun-{clock.today(found.ready_at).isoformat()}.zip"
    try:
        with default_storage.open(found.file_key) as file:
            answer = HttpResponse(file.read(), content_type="application/zip")
    except FileNotFoundError as gone:  # deleted on another page this very moment
        raise Http404 from gone
    services.note_fetched(found, by=request.user, at=at)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
@signed_in
def delete(request: HttpRequest) -> HttpResponse:
    if services.delete_next(at=clock.now(), user=request.user):
        messages.success(request, _("The copy is deleted."))
    return redirect("owndata:copy")
