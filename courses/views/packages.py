"""An imported package: its author's page with the upload and what became of it, and the files that a frame asks for."""

from functools import cache
from pathlib import Path

from csp.decorators import csp_update
from django.contrib import messages
from django.core import signing
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_safe

from courses import packages
from courses.forms import PackageForm
from courses.media import LinkOver
from courses.packages import frame
from courses.packages.archive import PAGES, TYPES, ending
from courses.selectors import package_address, package_of, package_policy
from courses.selectors.authoring import AUTHORS, package_lesson_to_edit
from courses.selectors.packages import package_file as stored
from courses.selectors.packages import uploads_of
from courses.views.media import in_pieces
from courses.workflow import PackageState
from portal import clock
from portal.accounts.access import needs_role
from portal.numbers import whole
from portal.rules import RuleBroken


@needs_role(*AUTHORS)
@csp_update(package_policy())
@require_http_methods(["GET", "HEAD", "POST"])
def package(request: HttpRequest, code: str, key: str) -> HttpResponse:
    lesson = package_lesson_to_edit(request.user, code, key)
    form = PackageForm(request.POST, request.FILES) if request.method == "POST" else PackageForm()
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                form.take(lesson, by=request.user, at=clock.now())
            except RuleBroken as broken:
                form.add_error(None, str(broken))
            else:
                messages.success(
                    request, _("Uploaded. The package is being checked; you may leave this page.")
                )
                return redirect("courses:package", code=code, key=key)
        status = 422
    return render(request, "courses/package.html", _shown(request, lesson, form), status=status)


def _shown(request: HttpRequest, lesson: object, form: PackageForm) -> dict[str, object]:
    uploads = uploads_of(lesson)
    ready = package_of(lesson.pk)
    number = whole(request.GET.get("page", "")) or 0
    return {
        "course": lesson.version.course,
        "lesson": lesson,
        "form": form,
        "uploads": uploads,
        "waiting": next((row for row in uploads if row.state == PackageState.WAITING), None),
        "package": ready,
        "package_number": number,
        "package_url": package_address(ready, number, at=clock.now()) if ready else "",
    }


@cache
def _shim() -> bytes:
    return (Path(packages.__file__).parent / "scorm.js").read_bytes()


@require_safe
@xframe_options_exempt
def package_file(request: HttpRequest, token: str, path: str) -> HttpResponse | StreamingHttpResponse:
    """A file of a package, for whoever holds the token: no cookie is read, and the answer sits in its own sandbox."""
    prefix = request.build_absolute_uri(reverse("courses:package-file", args=[token, frame.SHIM]))
    prefix = prefix.removesuffix(frame.SHIM)
    try:
        response = _file(request, frame.opened(token, at=clock.now()), path, prefix)
    except signing.BadSignature as bad:
        raise Http404 from bad
    except LinkOver as over:
        response = HttpResponse(str(over), status=410, content_type="text/plain; charset=utf-8")
    response["Content-Security-Policy"] = frame.policy(prefix)
    response["X-Content-Type-Options"] = "nosniff"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _file(
    request: HttpRequest, package_id: int, path: str, prefix: str
) -> HttpResponse | StreamingHttpResponse:
    if path == frame.SHIM:
        return HttpResponse(_shim(), content_type="text/javascript; charset=utf-8")
    found = stored(package_id, path)
    if found is None or not default_storage.exists(found[0]):
        raise Http404
    key, name = found
    kind = TYPES[ending(name)]
    if kind in PAGES:
        with default_storage.open(key, "rb") as file:
            return HttpResponse(frame.with_shim(file.read(), prefix + frame.SHIM), content_type=kind)
    response = in_pieces(request, key)
    response["Content-Type"] = kind
    response["Accept-Ranges"] = "bytes"
    return response
