"""The check that anybody may make: with no account, no cookie and no script."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from certificates import codes, selectors
from certificates.forms import FileForm, VerifyForm
from certificates.spoken import asked_for, spoken
from portal import clock, limits


def _open(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The language may stand in the address (`?lang=en`), as nothing may be kept in a cookie.

    Answers about people do not belong in search engines, nor in a cache on the way.
    """

    @wraps(view)
    @never_cache
    def opened(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        with spoken(request) as language:
            response = view(request, *args, **kwargs)
        response["Content-Language"] = language
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def _tail(request: HttpRequest) -> str:
    language = asked_for(request)
    return f"?lang={language}" if language else ""


def _page(
    request: HttpRequest,
    template: str,
    context: dict[str, object],
    *,
    status: int = 200,
    turn: limits.Turn | None = None,
) -> HttpResponse:
    """`tail` is what links need behind them, so that the language stays."""
    said = {"spoken": asked_for(request), "tail": _tail(request), "file": FileForm(), **context}
    response = render(request, template, said, status=status)
    for name, value in (turn.headers if turn else {}).items():
        response[name] = value
    return response


@require_safe
@_open
def verify(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data["code"]
        code = codes.plain(typed)
        if code.startswith("ZX") and len(code) < codes.LENGTH:
            form.add_error("code", _("This is the serial number. Type the verification code below it."))
        elif code and code.isascii() and code.isalnum() and len(code) <= 2 * codes.LENGTH:
            return redirect(reverse("certificates:verified", args=[code]) + _tail(request))
        else:
            form.add_error(
                "code", _("A verification code has only letters and digits. Look at the paper again.")
            )
    return _page(request, "certificates/verify.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@_open
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """The public answer: valid, revoked, replaced, or not known. An unknown code is a 404 with the same page."""
    turn = limits.asked(request)
    if turn.refused:
        return _page(
            request, "certificates/too_many.html", {}, status=HTTPStatus.TOO_MANY_REQUESTS, turn=turn
        )
    answer = selectors.public_answer(code)
    context = {
        "form": VerifyForm(initial={"code": answer.code_grouped}),
        "answer": answer,
        "at": clock.now(),
    }
    unknown = answer.state == selectors.UNKNOWN
    status = HTTPStatus.NOT_FOUND if unknown else HTTPStatus.OK
    return _page(request, "certificates/verified.html", context, status=status, turn=turn)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@_open
def file(request: HttpRequest) -> HttpResponse:
    """Whether a PDF is a paper of the portal, as it was signed. It changes nothing, so it needs no token.

    The file is read in memory, and kept and noted nowhere.
    """
    if request.method != "POST":
        return _page(request, "certificates/file.html", {})
    turn = limits.sent(request)
    if turn.refused:
        return _page(
            request, "certificates/too_many.html", {}, status=HTTPStatus.TOO_MANY_REQUESTS, turn=turn
        )
    form = FileForm.received(request)
    if not form.is_valid():
        return _page(
            request,
            "certificates/file.html",
            {"file": form},
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            turn=turn,
        )
    try:
        found = selectors.file_answer(form.cleaned_data["file"])
    except selectors.CannotCheckNow as broken:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _page(request, "certificates/file.html", {"refused": str(broken)}, status=status, turn=turn)
    context = {"found": found, "answer": found.answer, "at": clock.now()}
    return _page(request, "certificates/file.html", context, turn=turn)
