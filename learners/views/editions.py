"""The desk of counting editions: drafted, tried over real beats, published by a second person. And the proof of the ledger."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from learners.forms.editions import EditionForm
from learners.models import CountingEdition, EditionTrial
from learners.selectors import edition_desk as asked
from learners.selectors.edition_words import numbers_shown
from learners.selectors.proofs import READERS, proofs_visible_to, said
from learners.services import editions, trials
from portal import clock
from portal.accounts.access import has_role, needs_role, provinces_of
from portal.accounts.models import Province
from portal.accounts.roles import Role
from portal.accounts.selectors import provinces
from portal.audit.words import of_action
from portal.numbers import whole
from portal.rules import RuleBroken

PAGE_SIZE = 50
SAMPLE = 1_000


@never_cache
@require_safe
@needs_role(*asked.READERS)
def desk(request: HttpRequest) -> HttpResponse:
    today = clock.today(clock.now())
    page = Paginator(asked.editions_visible_to(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    in_force = asked.in_force_ids(today)
    rows = [(row, asked.phase_of(row, today, in_force)) for row in page]
    return render(request, "learners/editions.html", {"page": page, "rows": rows, "scopes": _scopes(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*asked.READERS)
def new(request: HttpRequest) -> HttpResponse:
    """`for` says whose: a province's code, or nothing for the nation. It begins from what is in force."""
    scopes = dict(_scopes(request))
    code = request.GET.get("for", next(iter(scopes), ""))
    if code not in (scopes or {""}):
        raise Http404
    province = Province.objects.get(pk=code) if code else None
    like = asked.beside(CountingEdition(province=province), clock.today(clock.now()))
    form = EditionForm(request.POST or None, province=province, like=like)
    return _edited(request, form, keeps=bool(scopes))


@require_http_methods(["GET", "HEAD", "POST"])
@needs_role(*asked.READERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = asked.edition_visible_to(request.user, pk)
    if not found.is_draft:
        raise Http404
    form = EditionForm(request.POST or None, province=found.province, edition=found)
    return _edited(request, form, keeps=asked.may_edit(request.user, found))


def _edited(request: HttpRequest, form: EditionForm, *, keeps: bool) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            kept = form.keep(by=request.user, at=clock.now())
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("The draft is kept. Try it, then somebody else publishes it."))
            return redirect("learners:edition", pk=kept.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "edition": form.edition, "province": form.province, "keeps": keeps}
    return render(request, "learners/edition_form.html", context, status=status)


def _own(request: HttpRequest, pk: int) -> CountingEdition:
    """Raises Http404 for an edition that is not the user's to change."""
    found = asked.edition_visible_to(request.user, pk)
    if not asked.may_edit(request.user, found):
        raise Http404
    return found


@never_cache
@require_safe
@needs_role(*asked.READERS)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, asked.edition_visible_to(request.user, pk))


@require_POST
@needs_role(*asked.KEEPERS)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own(request, pk)
    try:
        editions.publish_draft(
            found, by=request.user, at=clock.now(), revision=whole(request.POST.get("revision", ""))
        )
    except RuleBroken as broken:
        return _shown(request, found, refused=str(broken))
    messages.success(request, _("Published. It counts for enrolments from its first day on."))
    return redirect("learners:edition", pk=pk)


@require_POST
@needs_role(*asked.KEEPERS)
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """`all`: every learner; otherwise about a thousand."""
    found = _own(request, pk)
    most = None if request.POST.get("all") else SAMPLE
    try:
        trials.begin_trial(found, by=request.user, at=clock.now(), most=most)
    except RuleBroken as broken:
        return _shown(request, found, refused=str(broken))
    messages.success(request, _("It is being tried. The figures grow on this page."))
    return redirect("learners:edition", pk=pk)


def _shown(request: HttpRequest, found: CountingEdition, *, refused: str = "") -> HttpResponse:
    today = clock.today(clock.now())
    beside = asked.beside(found, today)
    may = asked.may_edit(request.user, found)
    tried = asked.trial_of(found) if may or has_role(request.user, Role.AUDITOR) else None
    context = {
        "edition": found,
        "phase": asked.phase_of(found, today, asked.in_force_ids(today)),
        "numbers": numbers_shown(found, beside),
        "beside": beside,
        "keeps": may,
        "is_own": found.edited_by_id == request.user.pk,
        "trial": tried,
        **(_figures(tried) if tried else {}),
        "sample": SAMPLE,
        "history": [(entry, of_action(entry.action)) for entry in asked.history(found)],
        "refused": refused,
    }
    return render(request, "learners/edition.html", context, status=422 if refused else 200)


def _figures(tried: EditionTrial) -> dict[str, object]:
    """Whole seconds."""
    return {
        "refusals": asked.refusals_of(tried),
        "before": tried.before_ms // 1000,
        "after": tried.after_ms // 1000,
        "worst": [(row["ref"], row["before"] // 1000, row["after"] // 1000) for row in tried.worst],
    }


def _scopes(request: HttpRequest) -> list[tuple[str, str]]:
    """(code, name) of whom the user may write an edition for; "" is the nation."""
    nation = (
        [("", pgettext("issuer", "The nation"))] if has_role(request.user, Role.MINISTRY_REVIEWER) else []
    )
    kept = provinces_of(request.user, Role.PROVINCE_CATALOGUE)
    return nation + [(row.code, row.name) for row in provinces() if row.code in kept]


@never_cache
@require_safe
@needs_role(*READERS)
def proof(request: HttpRequest) -> HttpResponse:
    """The chains of the ledger: the last proof, the one under way, and those before."""
    page = Paginator(proofs_visible_to(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page)
    ended = next((row for row in rows if row.ended_at), None)
    context = {
        "page": page,
        "rows": rows,
        "running": next((row for row in rows if row.ended_at is None), None),
        "last": ended,
        "found": said(ended.first_break) if ended and ended.first_break else "",
    }
    return render(request, "learners/proof.html", context)
