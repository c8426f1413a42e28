"""Consent codes: a holder gives and withdraws them; an employer checks many certificates with them."""

import base64
import csv
import datetime as dt
import io
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from certificates import codes, services
from certificates.forms import CheckForm, ConsentForm
from certificates.lists import MOST_BYTES
from certificates.selectors import consents as selectors
from certificates.selectors.public import PublicAnswer
from certificates.services.consents import OUTCOMES, Checked
from portal import clock
from portal.accounts.access import needs_role, signed_in
from portal.accounts.roles import Role
from portal.rules import RuleBroken
from portal.sheets.cells import asleep
from portal.uploads import kept_in_memory

USUAL_DAYS = 30


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def consents(request: HttpRequest) -> HttpResponse:
    """A person's consents; POST gives one, whose code is in this one answer and shown nowhere again."""
    papers, at = list(selectors.may_be_covered(request.user)), clock.now()
    start = {
        "ends_on": clock.today(at) + dt.timedelta(days=USUAL_DAYS),
        "certificates": [request.GET.get("certificate", "")],
    }
    form = ConsentForm(request.POST if request.method == "POST" else None, papers=papers, initial=start)
    if form.is_bound and form.is_valid():
        try:
            consent, code = services.give_consent(request.user, **form.cleaned_data, at=at)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            page = {"consent": consent, "code": codes.grouped(code)}
            return render(request, "certificates/consent_given.html", page)
    return render(
        request,
        "certificates/consents.html",
        {"form": form if papers else None, "given": selectors.given_by(request.user, at=at)},
        status=422 if form.is_bound else 200,
    )


@require_POST
@signed_in
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    consent = get_object_or_404(selectors.consents_of(request.user), uid=uid)
    try:
        services.withdraw_consent(consent, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Withdrawn. The code opens nothing any more."))
    return redirect("certificates:consents")


@kept_in_memory(MOST_BYTES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(Role.EMPLOYER)
def check(request: HttpRequest) -> HttpResponse:
    """An employer checks up to 500 codes at once. The file and what was typed are kept nowhere."""
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CheckForm(*given, employers=selectors.employers_of(request.user))
    context: dict[str, object] = {"form": form}
    if form.is_bound and form.is_valid():
        told, at = form.cleaned_data, clock.now()
        try:
            rows = services.check_many(told["lines"], organisation=told["employer"], by=request.user, at=at)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            context |= {"rows": rows, "at": at, "table": _as_address(rows, at=at)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "certificates/check.html", context, status=status)


def _as_address(rows: Sequence[Checked], *, at: dt.datetime) -> str:
    """The result as CSV in a `data:` address: to save it needs no second check, which the holders would see."""
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(_csv(rows, at=at)).decode()


def _csv(rows: Sequence[Checked], *, at: dt.datetime) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        [
            *(_("Line"), _("Consent code"), _("Name as typed"), _("Result"), _("State"), _("Number")),
            *(_("Name on the certificate"), _("Is it the same name?"), _("Occupation"), _("Course")),
            *(_("Hours"), _("Issued"), _("Issuer"), _("Provider"), _("Checked")),
        ]
    )
    checked = clock.today(at).isoformat()
    for row in rows:
        first = [row.asked.number, row.asked.code, row.asked.name, str(OUTCOMES[row.outcome])]
        for shown in row.shown or [None]:
            facts = _facts(shown.answer, shown.name_matches) if shown else [""] * 10
            writer.writerow([asleep(cell) for cell in [*first, *facts, checked]])
    return out.getvalue().encode("utf-8-sig")


def _facts(answer: PublicAnswer, name_matches: bool | None) -> list[str]:
    same = {True: _("yes"), False: _("no"), None: ""}[name_matches]
    return [
        *(answer.sentence, answer.serial, answer.holder_masked, same, answer.subject, answer.course_title),
        *(answer.hours, answer.issued_on.isoformat(), answer.issuer, answer.provider),
    ]
