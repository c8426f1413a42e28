"""The office of policies: its versions, one of them with what is held against it, and the steps of its road."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.selectors.papers import papers_of
from portal import clock
from portal.accounts.access import has_role, needs_role, provinces_of
from portal.accounts.models import Province
from portal.accounts.roles import Role
from portal.accounts.selectors import provinces
from portal.audit.selectors import history_of
from portal.audit.words import of_action
from portal.numbers import whole
from portal.rules import RuleBroken
from subsidies.forms.policies import DocumentForm, EndForm, NewForm, RepealForm, ReturnForm
from subsidies.models import PolicyVersion
from subsidies.policy import places, read_policy
from subsidies.policy.body import NATION
from subsidies.policy.text import difference, sections
from subsidies.selectors import earlier_version, programmes
from subsidies.selectors import policies as asked
from subsidies.selectors.policy_checks import FEWEST_CASES, checks_of, frames_of
from subsidies.services import policies as services
from subsidies.views import shown
from subsidies.workflow.policies import PolicyState

PAGE = 30
CONFLICT = 409
UNPROCESSABLE = 422
SPEECHES = {"zh": "中文", "en": "English"}


def found(request: HttpRequest, pk: str) -> PolicyVersion:
    return get_object_or_404(asked.versions_visible_to(request.user), pk=pk)


@never_cache
@require_safe
@needs_role(*asked.READERS)
def desk(request: HttpRequest) -> HttpResponse:
    rows = asked.versions_visible_to(request.user).order_by("programme", "region", "-version")
    state = request.GET.get("state", "")
    if state in PolicyState.values:
        rows = rows.filter(state=state)
    today = clock.today(clock.now())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, phase_of(row, today)) for row in page],
        "states": [("", _("All")), *PolicyState.choices],
        "state": state if state in PolicyState.values else "",
        "may_write": bool(_scopes(request)),
    }
    return render(request, "subsidies/policies/desk.html", context)


def phase_of(row: PolicyVersion, today: dt.date) -> tuple[str, str]:
    """Kind of tag and word: where a version stands on a day."""
    if row.state != PolicyState.PUBLISHED:
        kind = {PolicyState.DRAFT: "plain", PolicyState.IN_REVIEW: "wait"}.get(row.state, "bad")
        return kind, row.get_state_display()
    if row.first_day and row.first_day > today:
        return "info", pgettext("policy", "To come")
    if row.last_day and row.last_day < today:
        return "plain", pgettext("policy", "Ended")
    return "ok", pgettext("policy", "In force")


def _scopes(request: HttpRequest) -> list[tuple[str, str]]:
    """(code, name) of whom the reader may write for."""
    nation = [(NATION, pgettext("policy", "The nation"))] if asked.may_edit(request.user, None) else []
    kept = provinces_of(request.user, Role.POLICY_EDITOR)
    return nation + [(row.code, row.name) for row in provinces() if row.code in kept]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*asked.EDITORS, Role.AUDITOR)
def new(request: HttpRequest) -> HttpResponse:
    """A blank text, or one that begins with the text and the cases of another version."""
    visible = asked.versions_visible_to(request.user).exclude(state=PolicyState.DRAFT)
    rows = list(visible.order_by("programme", "region", "-version")[:100])
    form = NewForm(
        request.POST or None,
        scopes=_scopes(request),
        programmes=[(row.code, row.name) for row in programmes()],
        like=[(str(row.pk), f"{row.place} · {row.title} · v{row.version}") for row in rows],
        initial={"like": request.GET.get("like", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = _begun(request, form.cleaned_data)
        except services.BadPolicy as broken:
            form.add_error("city" if form.cleaned_data["city"] else None, str(broken.reason))
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            return redirect("subsidies:policy-edit", pk=row.pk)
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "subsidies/policies/new.html", {"form": form}, status=status)


def _begun(request: HttpRequest, told: dict[str, Any]) -> PolicyVersion:
    at, by = clock.now(), request.user
    province = None if told["place"] == NATION else Province.objects.get(pk=told["place"])
    region = told["city"].strip() or told["place"]
    if told["like"]:
        like = found(request, told["like"])
        return services.copy_policy(like, province=province, by=by, at=at, region=region)
    number = asked.next_number(region, told["programme"])
    body = places.blank(region, told["programme"], number, clock.today(at).isoformat())
    return services.draft_policy(province, body, by=by, at=at)


@never_cache
@require_safe
@needs_role(*asked.READERS)
def one(request: HttpRequest, pk: str) -> HttpResponse:
    return page_of(request, found(request, pk))


def page_of(
    request: HttpRequest,
    row: PolicyVersion,
    *,
    broken: RuleBroken | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of a version; `broken` is why a step was refused, and `more` forms that keep what was typed."""
    row = asked.versions_visible_to(request.user).get(pk=row.pk)
    at = clock.now()
    may_edit = asked.may_edit(request.user, row.province_id)
    may_publish = asked.may_publish(request.user, row.province_id)
    speech = request.GET.get("in") if request.GET.get("in") in SPEECHES else shown.speech()
    looked = row.state in {PolicyState.DRAFT, PolicyState.IN_REVIEW}
    today = clock.today(at)
    context = {
        "version": row,
        "phase": phase_of(row, today),
        "sections": shown.sections_of(sections(read_policy(row.body)), said=speech),
        "speech": speech,
        "speeches": SPEECHES.items(),
        "checks": checks_of(row) if looked else None,
        "fewest": FEWEST_CASES,
        "frames": frames_of(row),
        "may_edit": may_edit,
        "may_publish": may_publish,
        "is_author": request.user.pk in {*row.authors, row.submitted_by_id},
        "paper": papers_of([row], user=request.user, at=at)[0],
        "history": [
            (entry, of_action(entry.action)) for entry in history_of("subsidies.policyversion", row.pk)
        ],
        "before": earlier_version(row),
        "may_end": row.state == PolicyState.PUBLISHED and row.last_day is None,
        "may_repeal": row.state == PolicyState.PUBLISHED
        and row.ended_at is None
        and bool(row.first_day and row.first_day > today),
        "return_form": ReturnForm(auto_id="return_%s"),
        "end_form": EndForm(auto_id="end_%s"),
        "repeal_form": RepealForm(auto_id="repeal_%s"),
        "document_form": DocumentForm(auto_id="document_%s"),
        "broken": broken,
        **more,
    }
    return render(request, "subsidies/policies/version.html", context, status=status)


@never_cache
@require_POST
@needs_role(*asked.EDITORS)
def submit(request: HttpRequest, pk: str) -> HttpResponse:
    row = _to_write(request, pk)
    read = whole(request.POST.get("revision", ""))
    try:
        services.submit_policy(row, by=request.user, at=clock.now(), revision=read)
    except RuleBroken as broken:
        return page_of(request, row, broken=broken, status=CONFLICT)
    messages.success(request, _("Handed in. Somebody else publishes it or returns it."))
    return redirect("subsidies:policy-version", pk=pk)


def _to_write(request: HttpRequest, pk: str) -> PolicyVersion:
    row = found(request, pk)
    if not asked.may_edit(request.user, row.province_id):
        raise Http404
    return row


def _to_publish(request: HttpRequest, pk: str) -> PolicyVersion:
    row = found(request, pk)
    if not asked.may_publish(request.user, row.province_id):
        raise Http404
    return row


@never_cache
@require_POST
@needs_role(*asked.PUBLISHERS)
def send_back(request: HttpRequest, pk: str) -> HttpResponse:
    row = _to_publish(request, pk)
    form = ReturnForm(request.POST, auto_id="return_%s")
    if not form.is_valid():
        return page_of(request, row, status=UNPROCESSABLE, return_form=form, asking="return")
    try:
        services.return_policy(row, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
    except RuleBroken as broken:
        return page_of(request, row, broken=broken, status=CONFLICT, return_form=form, asking="return")
    messages.success(request, _("Returned to its editor."))
    return redirect("subsidies:policy-version", pk=pk)


@never_cache
@require_POST
@needs_role(*asked.PUBLISHERS)
def publish(request: HttpRequest, pk: str) -> HttpResponse:
    row = _to_publish(request, pk)
    try:
        services.publish_policy(row, by=request.user, at=clock.now())
    except RuleBroken as broken:
        return page_of(request, row, broken=broken, status=CONFLICT)
    messages.success(request, _("Published. Anybody can read it now, and it can never be changed."))
    return redirect("subsidies:policy-version", pk=pk)


@never_cache
@require_POST
@needs_role(*asked.PUBLISHERS)
def end(request: HttpRequest, pk: str) -> HttpResponse:
    row = _to_publish(request, pk)
    form = EndForm(request.POST, auto_id="end_%s")
    if not form.is_valid():
        return page_of(request, row, status=UNPROCESSABLE, end_form=form, asking="end")
    try:
        services.end_policy(row, by=request.user, at=clock.now(), **form.cleaned_data)
    except RuleBroken as broken:
        return page_of(request, row, broken=broken, status=CONFLICT, end_form=form, asking="end")
    messages.success(request, _("The last day is set. Another version may follow."))
    return redirect("subsidies:policy-version", pk=pk)


@never_cache
@require_POST
@needs_role(*asked.PUBLISHERS)
def repeal(request: HttpRequest, pk: str) -> HttpResponse:
    row = _to_publish(request, pk)
    form = RepealForm(request.POST, auto_id="repeal_%s")
    if not form.is_valid():
        return page_of(request, row, status=UNPROCESSABLE, repeal_form=form, asking="repeal")
    try:
        services.repeal_policy(row, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"])
    except RuleBroken as broken:
        return page_of(request, row, broken=broken, status=CONFLICT, repeal_form=form, asking="repeal")
    messages.success(request, _("Repealed before its first day."))
    return redirect("subsidies:policy-version", pk=pk)


@never_cache
@require_POST
@needs_role(*asked.EDITORS)
def document(request: HttpRequest, pk: str) -> HttpResponse:
    row = _to_write(request, pk)
    form = DocumentForm(request.POST, request.FILES, auto_id="document_%s")
    if not form.is_valid():
        return page_of(request, row, status=UNPROCESSABLE, document_form=form, asking="document")
    try:
        services.attach_document(row, form.cleaned_data["paper"], by=request.user, at=clock.now())
    except RuleBroken as broken:
        form.add_error("paper", str(broken))
        return page_of(request, row, status=UNPROCESSABLE, document_form=form, asking="document")
    messages.success(
        request, _("The document is attached. It can be read once the virus scan has passed it.")
    )
    return redirect("subsidies:policy-version", pk=pk)


@never_cache
@require_safe
@needs_role(*asked.READERS)
def compare(request: HttpRequest, pk: str) -> HttpResponse:
    """What another version says otherwise: the one before it, or one that is chosen."""
    row = found(request, pk)
    others = asked.versions_visible_to(request.user).filter(programme=row.programme_id).exclude(pk=row.pk)
    others = list(others.order_by("region", "-version")[:100])
    chosen = whole(request.GET.get("with", ""))
    before = earlier_version(row)
    other = (
        next((one for one in others if one.pk == chosen), None) or before or (others[0] if others else None)
    )
    changes = shown.changes_of(difference(read_policy(other.body), read_policy(row.body))) if other else []
    context = {"version": row, "others": others, "other": other, "changes": changes}
    return render(request, "subsidies/policies/difference.html", context)


def is_auditor(request: HttpRequest) -> bool:
    return has_role(request.user, Role.AUDITOR)
