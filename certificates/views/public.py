"""The check that anybody may make."""

from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates import codes, limits, selectors
from certificates.forms import VerifyForm
from portal import clock


def _unlisted(view):  # noqa: ANN001, ANN202 - a decorator of views, as in Django
    """Answers about people do not belong in search engines, nor in a cache on the way."""

    @wraps(view)
    @never_cache
    def unlisted(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return unlisted


@require_safe
@_unlisted
def verify(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data["code"]
        code = codes.plain(typed)
        if code.startswith("ZX") and len(code) < codes.LENGTH:
            form.add_error("code", _("This is the serial number. Type the verification code below it."))
        elif code and code.isascii() and code.isalnum() and len(code) <= 2 * codes.LENGTH:
            return redirect("certificates:verified", code=code)
        else:
            form.add_error(
                "code", _("A verification code has only letters and digits. Look at the paper again.")
            )
    return render(request, "certificates/verify.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@_unlisted
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """The public answer: valid, revoked, or not found. An unknown code is a 404 with the same page."""
    if limits.too_many(request):
        return render(request, "429.html", status=429)
    answer = selectors.public_answer(code)
    context = {
        "form": VerifyForm(initial={"code": codes.grouped(codes.plain(code)[: 2 * codes.LENGTH])}),
        "answer": answer,
        "mistyped": not codes.is_well_formed(codes.plain(code)),
        "at": clock.now(),
    }
    return render(request, "certificates/verified.html", context, status=200 if answer else 404)
