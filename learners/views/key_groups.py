"""Key groups: the learner's own page, and the desk of the offices that verify."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners.forms.intake import GroupDecisionForm, GroupForm
from learners.models import KeyGroupMembership
from learners.selectors import key_groups as selectors
from learners.services import key_groups as services
from learners.services.enrolment import NotVerified
from portal import clock
from portal.accounts import selectors as people
from portal.accounts.access import needs_role, signed_in
from portal.audit import words
from portal.audit.selectors import history_of
from portal.groups import EDITION
from portal.rules import RuleBroken

PAGE_SIZE = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def groups(request: HttpRequest) -> HttpResponse:
    identity = people.identity_of(request.user)
    if identity is None:
        messages.info(request, NotVerified.message)
        return redirect(reverse("accounts:identity") + "?" + urlencode({"next": request.path}))
    at = clock.now()
    counties = people.desk_counties(identity.province_code, on=clock.today(at))
    form = GroupForm(
        request.POST or None,
        request.FILES or None,
        counties=counties,
        initial={"group": request.GET.get("group", "")},
    )
    if form.is_bound and form.is_valid():
        try:
            services.declare_key_group(request.user, at=at, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Declared. It counts once an office has verified it."))
            return redirect("learners:groups")
    rows = selectors.memberships_of(request.user)
    return render(
        request,
        "learners/groups.html",
        {"rows": selectors.described(rows, user=request.user, at=at), "form": form, "edition": EDITION},
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@signed_in
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    row = selectors.own_membership(request.user, pk)
    try:
        services.take_back_key_group(row, by=request.user, at=clock.now())
    except RuleBroken as broken:
        messages.error(request, broken.message)
    else:
        messages.success(request, _("Taken back."))
    return redirect("learners:groups")


@never_cache
@require_safe
@needs_role(*selectors.DESK_ROLES)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, whoever has waited longest first; or what was decided, the newest first."""
    decided = request.GET.get("heap") == "decided"
    rows = selectors.memberships_visible_to(request.user)
    rows = (
        rows.exclude(state__in=["declared", "taken_back"]).order_by("-declared_at", "-pk")
        if decided
        else rows.waiting().order_by("declared_at", "pk")
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = selectors.described(page.object_list, user=request.user, at=clock.now())
    return render(request, "learners/groups_desk.html", {"page": page, "rows": shown, "decided": decided})


STEPS = {"verify": services.verify_key_group, "refuse": services.refuse_key_group}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*selectors.DESK_ROLES)
def desk_group(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(selectors.memberships_visible_to(request.user), pk=pk)
    allowed = selectors.may_decide(request.user, row)
    given = {"evidence": row.evidence, "until": row.valid_to}
    form = GroupDecisionForm(request.POST if request.method == "POST" else None, initial=given)
    if form.is_bound and form.is_valid():
        try:
            _decide(request, row, form.cleaned_data, allowed=allowed)
        except RuleBroken as broken:
            form.add_error(None, broken.message)
        else:
            messages.success(request, _("Decided. The learner sees it on their page."))
            return redirect("learners:groups-desk")
    return render(
        request,
        "learners/group_desk.html",
        {
            "it": selectors.described([row], user=request.user, at=clock.now())[0],
            "form": form,
            "may_decide": allowed and row.state == "declared",
            "history": [
                (entry, words.of_action(entry.action))
                for entry in history_of("learners.keygroupmembership", row.pk)
            ],
        },
        status=422 if form.is_bound else 200,
    )


def _decide(request: HttpRequest, row: KeyGroupMembership, told: dict, *, allowed: bool) -> None:
    """Raises Http404 for an unknown step, and what the services raise."""
    step = request.POST.get("step", "")
    if step not in STEPS:
        raise Http404
    if not allowed:
        raise services.NotYours
    more = {"reason": told["reason"]} if step == "refuse" else {k: told[k] for k in ("evidence", "until")}
    STEPS[step](row, by=request.user, at=clock.now(), **more)
