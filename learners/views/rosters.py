"""An employer's pages: the staff and how far they are, and the lists by which they are invited."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners import staff_lists
from learners.forms.intake import RosterForm
from learners.models import RosterRow
from learners.selectors import rosters as selectors
from learners.services import rosters as services
from learners.services.invitations import end_invitation
from portal import clock
from portal.accounts.access import needs_role
from portal.accounts.roles import Role
from portal.audit.services import record
from portal.rules import RuleBroken
from portal.sheets import writing
from portal.uploads import kept_in_memory

PER_PAGE = 50
STEPS = {"apply": services.apply_roster, "cancel": services.cancel_roster}
TEMPLATES = {"xlsx": (writing.template_xlsx, writing.XLSX), "csv": (writing.template_csv, writing.CSV)}


@never_cache
@require_safe
@needs_role(Role.EMPLOYER)
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody who was invited, and how far those are who have agreed."""
    page = Paginator(selectors.staff_visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    counts = selectors.figures(request.user)
    return render(
        request,
        "learners/staff.html",
        {
            "page": page,
            "members": selectors.members(page.object_list),
            "figures": [(selectors.PROGRESS[key], count) for key, count in counts.items()],
        },
    )


@require_POST
@needs_role(Role.EMPLOYER)
def has_left(request: HttpRequest, pk: int) -> HttpResponse:
    member = selectors.member_visible_to(request.user, pk)
    try:
        end_invitation(member, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Noted. You see nothing more of this person's learning."))
    return redirect("learners:staff")


@kept_in_memory(staff_lists.MOST_BYTES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(Role.EMPLOYER)
def rosters(request: HttpRequest) -> HttpResponse:
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RosterForm(*given, enterprises=selectors.enterprises_of(request.user))
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            made = services.upload_roster(
                told["file"],
                name=told["file"].name,
                organisation=told["organisation"],
                by=request.user,
                at=clock.now(),
            )
        except RuleBroken as broken:
            form.add_error("file", str(broken))
        else:
            return redirect("learners:roster", made.pk)
    rows = selectors.rosters_visible_to(request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    status = 422 if form.is_bound else 200
    return render(
        request,
        "learners/rosters.html",
        {"form": form, "page": page, "columns": staff_lists.COLUMNS},
        status=status,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(Role.EMPLOYER)
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    row, status = selectors.roster_visible_to(request.user, pk), 200
    if request.method == "POST":
        act = STEPS.get(request.POST.get("step", ""))
        if act is None:
            raise Http404
        try:
            act(row, by=request.user, at=clock.now())
        except RuleBroken as broken:
            messages.error(request, str(broken))
            row, status = selectors.roster_visible_to(request.user, pk), 409
        else:
            return redirect("learners:roster", row.pk)
    fate = request.GET.get("fate", "")
    page = Paginator(selectors.rows_of(row, fate), PER_PAGE).get_page(request.GET.get("page"))
    for line in page.object_list:
        line.reasons = selectors.reasons_of(line)
    tabs = [("", _("All"), row.rows, fate not in RosterRow.Fate.values)]
    tabs += [
        (code, str(label), row.counts[code], code == fate)
        for code, label in RosterRow.Fate.choices
        if row.counts.get(code)
    ]
    return render(
        request,
        "learners/roster.html",
        {
            "roster": row,
            "page": page,
            "tabs": tabs,
            "steps": selectors.steps_of(row),
            "working": selectors.is_working(row),
            "kept_until": selectors.kept_until(row),
        },
        status=status,
    )


def _attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


@require_POST
@needs_role(Role.EMPLOYER)
def wrong_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The wrong rows in full, with their reasons. Each download is audited, so it is a POST."""
    row = selectors.roster_visible_to(request.user, pk)
    if not row.counts.get("refused") or row.cleared_at is not None:
        raise Http404
    record(by=request.user, action="roster.read", thing=row, at=clock.now())
    return _attachment(selectors.wrong_rows(row), writing.XLSX, f"staff-{row.pk}-wrong-rows.xlsx")


@require_safe
@needs_role(Role.EMPLOYER)
def template(request: HttpRequest, form: str) -> HttpResponse:
    if form not in TEMPLATES:
        raise Http404
    write, kind = TEMPLATES[form]
    return _attachment(write(staff_lists.COLUMNS), kind, f"staff.{form}")
