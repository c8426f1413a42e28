"""Inspecting: a sample is drawn from a filtered list, each certificate is looked at, and all of it can be printed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certificates import selectors
from certificates.forms import DeskForm, FindingForm, SampleForm
from certificates.models import Certificate, InspectedCertificate, Inspection
from certificates.models.inspections import MOST_IN_A_SAMPLE
from certificates.selectors import inspections as looking
from certificates.services import inspections as services
from certificates.words import KINDS, LEVELS
from portal import clock, windows
from portal.accounts.access import needs_role
from portal.rules import RuleBroken

PAGE_SIZE = 25


@require_safe
@needs_role(*selectors.DESK_ROLES)
def inspections(request: HttpRequest) -> HttpResponse:
    noted, flawed = (Count("certificates", filter=said) for said in (~Q(certificates__outcome=""), _FLAWED))
    rows = looking.inspections_visible_to(request.user).select_related("province", "begun_by")
    page = Paginator(rows.annotate(noted=noted, flawed=flawed).order_by("-pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "may_inspect": looking.may_inspect_somewhere(request.user)}
    return render(request, "certificates/inspections.html", context)


_FLAWED = Q(certificates__outcome=InspectedCertificate.Outcome.FLAWED)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs_role(*selectors.DESK_ROLES)
def new(request: HttpRequest) -> HttpResponse:
    """Draw a sample of what the filters of the address leave, as on the desk."""
    filters = DeskForm(request.GET).filters()
    form = SampleForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            begun = services.begin(filters, **form.cleaned_data, by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("The sample is drawn."))
            return redirect("certificates:inspection", uid=begun.uid)
    context = {
        "form": form,
        "told": told_of(filters.as_json()),
        "count": windows.counted(looking.population(request.user, filters)),
        "most_counted": windows.MOST_COUNTED,
        "query": request.GET.urlencode(),
        "may_inspect": looking.may_inspect_somewhere(request.user),
    }
    return render(request, "certificates/inspection_new.html", context, status=422 if form.is_bound else 200)


def told_of(filters: dict[str, object]) -> list[tuple[object, object]]:
    """What a list was narrowed to, in words."""
    form = DeskForm()
    states = dict(Certificate.State.choices)
    only = dict(form.fields["only"].choices)
    names = {"words": _("Searched for"), "province": _("Province"), "batch": _("Batch")}
    words = {"state": states, "kind": KINDS, "level": LEVELS, "only": only}
    return [
        (names.get(name) or form.fields[name].label, words.get(name, {}).get(value, value))
        for name, value in filters.items()
        if name in form.fields
    ]


def _found(request: HttpRequest, uid: object) -> Inspection:
    rows = looking.inspections_visible_to(request.user).select_related("province", "begun_by")
    return get_object_or_404(rows, uid=uid)


@require_safe
@never_cache
@needs_role(*selectors.DESK_ROLES)
def inspection(request: HttpRequest, uid: object) -> HttpResponse:
    """The sample with the looks the portal takes itself; all of it with `?all`, to be printed."""
    found = _found(request, uid)
    sample = looking.sample_of(found)
    size = MOST_IN_A_SAMPLE if "all" in request.GET else PAGE_SIZE
    page = Paginator(sample, size).get_page(request.GET.get("page"))
    checks = looking.checks_of([row.certificate for row in page.object_list])
    context = {
        "inspection": found,
        "told": told_of(found.filters),
        "page": page,
        "rows": [(row, checks[row.certificate_id]) for row in page.object_list],
        "titles": [check.title for check in next(iter(checks.values()), [])],
        "figures": _figures(sample),
        "whole": "all" in request.GET,
        "may_note": looking.may_inspect(request.user, found.province_id),
    }
    return render(request, "certificates/inspection.html", context)


def _figures(sample: QuerySet[InspectedCertificate]) -> dict[str, int]:
    counts = dict(sample.order_by().values_list("outcome").annotate(n=Count("pk")))
    return {"sound": counts.get("sound", 0), "flawed": counts.get("flawed", 0), "open": counts.get("", 0)}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs_role(*selectors.DESK_ROLES)
def inspected(request: HttpRequest, uid: object, place: int) -> HttpResponse:
    """One of the sample; POST says what was found."""
    found = _found(request, uid)
    row = get_object_or_404(looking.sample_of(found), place=place)
    form = FindingForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            services.note(row, **form.cleaned_data, by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Noted."))
            return _onward(found, place)
    (checks,) = looking.checks_of([row.certificate]).values()
    context = {
        "inspection": found,
        "row": row,
        "certificate": row.certificate,
        "checks": [
            {"state": look.state, "title": look.title, "value": look.value, "reason": look.reason}
            for look in checks
        ],
        "form": form if form.is_bound or _may_note(request, found, row) else None,
        "before": place - 1,
        "after": place + 1 if place < found.size else 0,
    }
    return render(request, "certificates/inspected.html", context, status=422 if form.is_bound else 200)


def _may_note(request: HttpRequest, found: Inspection, row: InspectedCertificate) -> bool:
    return not row.outcome and looking.may_inspect(request.user, found.province_id)


def _onward(found: Inspection, place: int) -> HttpResponse:
    """To the next one that nobody has looked at, or back to the sample."""
    left = found.certificates.filter(outcome="").order_by("place")
    following = left.filter(place__gt=place).first() or left.first()
    if following:
        return redirect("certificates:inspected", uid=found.uid, place=following.place)
    return redirect("certificates:inspection", uid=found.uid)
